import type { Rule } from './rule';
import { literalProblems } from './twiml-literal';

export const TWIML_XML: Rule = {
  id: 'twiml-xml',
  severity: 'error',
  finds:
    'A string that holds a whole `<Response>` and is not well-formed XML: a tag that is not closed, a bare `&`.',
  otherwise: 'Twilio cannot read the answer (error 12100), and the call or message ends.',
  fix: 'Close every tag and write &amp; for &, or let the SDK write the XML.',
  ofFunction: ({ source }) => literalProblems(source, 'xml'),
};
