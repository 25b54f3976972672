/** Functions that do nothing wrong. They are most of the load. */
import { handler, type Kind, ok } from '../kind';

/** Of the answer to a small request with a large answer. */
const LARGE_CHARACTERS = 300_000;

export const GOOD: readonly Kind[] = [
  {
    name: 'sync',
    source: handler(`
      const twiml = new Twilio.twiml.MessagingResponse();
      twiml.message('sync ' + event.id);
      callback(null, twiml.toString() + ' build ' + BUILD);`),
    connections: 16,
    pauseMs: 0,
    isRewritten: true,
    variants: ['GET', 'form', 'json'].map((method) => ({
      method: method as 'GET' | 'form' | 'json',
      right: [ok('<?xml version="1.0" encoding="UTF-8"?><Response><Message>sync {id}</Message></Response>')],
    })),
  },
  {
    name: 'async',
    source: handler(`
      (async () => {
        await null;
        await new Promise(setImmediate);
        callback(null, 'async ' + event.id + ' build ' + BUILD);
      })();`),
    connections: 16,
    pauseMs: 0,
    isRewritten: true,
    variants: [{ right: [ok('async {id}')] }, { method: 'json', right: [ok('async {id}')] }],
  },
  {
    name: 'slow',
    source: handler(`setTimeout(callback, 50 + (event.id * 37) % 250, null, 'slow ' + event.id);`),
    connections: 4,
    pauseMs: 20,
    variants: [{ right: [ok('slow {id}')] }],
  },
  {
    name: 'large',
    source: handler(`callback(null, 'large ' + event.id + ' ' + 'x'.repeat(${LARGE_CHARACTERS}));`),
    connections: 1,
    pauseMs: 200,
    variants: [
      { right: [ok({ startsWith: 'large {id} xxx' })] },
      {
        method: 'form',
        event: { fill: 'y'.repeat(LARGE_CHARACTERS) },
        right: [ok({ startsWith: 'large {id} xxx' })],
      },
    ],
  },
];
