/** Functions whose results cannot be sent as they are. */
import { FAILED, handlerByHow, type Kind, ok, type Right, status, variantsByHow } from '../kind';

const RESPOND = `
const respond = (name, value, id) => {
  const response = new Twilio.Response();
  response.appendHeader(name, value);
  response.setBody('results ' + id);
  return response;
};`;

const INVALID = {
  circular: 'const loop = {}; loop.loop = loop; callback(null, loop);',
  bigint: 'callback(null, { value: 1n });',
  getter: `callback(null, { get value() { throw new Error('no'); } });`,
  status: `const response = new Twilio.Response(); response.setStatusCode(99); callback(null, response);`,
  header: `callback(null, respond('X-Name', 'a\\r\\nSet-Cookie: b', event.id));`,
};
const HUGE = { huge: `callback(null, 'x'.repeat(4_194_305));` };
const LONG = { long: `callback(null, respond('X-Name', 'x'.repeat(20_000), event.id));` };
/** Whatever the author says about the framing, the connection stays in step. */
const LYING = {
  length: `callback(null, respond('Content-Length', '3', event.id));`,
  chunked: `callback(null, respond('Transfer-Encoding', 'chunked', event.id));`,
  close: `callback(null, respond('Connection', 'close', event.id));`,
};

export const RESULTS: readonly Kind[] = [
  {
    name: 'results',
    source: handlerByHow({ ...INVALID, ...HUGE, ...LONG, ...LYING }, RESPOND),
    connections: 1,
    pauseMs: 250,
    variants: [
      ...answeredBy(INVALID, status(500, FAILED)),
      ...answeredBy(HUGE, status(502)),
      ...answeredBy(LONG, status(431)),
      ...answeredBy(LYING, ok('results {id}')),
    ],
  },
];

function answeredBy(cases: Readonly<Record<string, string>>, right: Right): Kind['variants'] {
  return variantsByHow(cases, { right: [right] });
}
