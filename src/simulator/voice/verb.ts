import type { TwimlElement } from '../twiml/element';
import type { Steps } from './effects';
import type { Leg } from './leg';
import type { Next } from './next';

/** `url` is that of the document: relative URLs in it are resolved against this. */
export type Verb = (element: TwimlElement, leg: Leg, url: string) => Steps<Next>;
