/** A project that is served, and a phone beside it: what tests of conversations start with. */
import { createSimulator, type Simulator, type SimulatorOptions, seededRandom } from '../../src/simulator';
import { type Served, type ServeOptions, serve } from './serve';

export interface Phone {
  readonly served: Served;
  readonly simulator: Simulator;
  close(): Promise<void>;
}

export const ACCOUNT_SID = 'AC00000000000000000000000000000001';
export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';

/** The project has an account, so that protected Functions can be called. */
export async function phoneFor(
  files: Readonly<Record<string, string>>,
  options: Partial<SimulatorOptions> = {},
  serveOptions: ServeOptions = {},
): Promise<Phone> {
  const env = `ACCOUNT_SID=${ACCOUNT_SID}\nAUTH_TOKEN=${AUTH_TOKEN}\n`;
  const served = await serve({ '.env': env, ...files }, serveOptions);
  const simulator = createSimulator({
    baseUrl: `http://127.0.0.1:${served.port}`,
    authToken: AUTH_TOKEN,
    accountSid: ACCOUNT_SID,
    random: seededRandom(1),
    ...options,
  });
  const close = async (): Promise<void> => {
    await simulator.close();
    await served.close();
  };
  return { served, simulator, close };
}

/** A Function that answers with this TwiML, whatever it is asked. */
export function answering(twiml: string): string {
  return `exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', 'text/xml');
    response.setBody(${JSON.stringify(`<?xml version="1.0" encoding="UTF-8"?><Response>${twiml}</Response>`)});
    callback(null, response);
  };`;
}
