/** `hookswitch signature explain` and `hookswitch signature sign`. */
import type { SignatureExplanation } from '../admin/api';
import { readVariables } from '../build/variables';
import type { Arguments } from '../config/arguments';
import { OPTIONS } from '../config/options';
import { startOptionsOf } from '../config/read';
import { CodedError } from '../errors';
import { explainRequest, signRequest } from '../gateway/explain-request';
import { createOrigin } from '../gateway/origin';
import type { SignatureQuestion } from '../gateway/signature-question';
import type { PlatformOptions } from '../platform';
import { coloursOf, wantsColours } from '../telemetry/colours';
import { CLIENT_OPTIONS, clientOf } from './client-options';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { EXIT } from './exit-code';
import { REQUEST_OPTIONS, readRequestByHand } from './request-by-hand';
import { explanationText } from './signature-text';

const { cwd, config, env, loadLocalEnv, publicUrl, trustProxy, outputFormat, help, version } = OPTIONS;
const { consoleUrl } = CLIENT_OPTIONS;

export const SIGNATURE_COMMAND: Command = {
  flags: {
    options: {
      ...REQUEST_OPTIONS,
      consoleUrl,
      ...{ publicUrl, trustProxy, cwd, config, env, loadLocalEnv, outputFormat },
      ...{ help, version },
    },
    accepted: NONE_ACCEPTED,
  },
  about: [
    'explain: why X-Twilio-Signature is right or wrong. Shows the string that is signed, each form that was tried, what would match, and which header, port or setting is to blame; never the token. It asks the gateway that runs for the request with this ID, or takes a request by hand and the token from the .env of the project.',
    'sign: prints the header for a request, so that curl can call a protected path. The URL is that of --public-url where one is set.',
  ],
  examples: [
    ['hookswitch signature explain RQ0123…', 'A request that came; its ID is in the log. last: the newest.'],
    [
      'hookswitch signature explain --url URL -d a=b',
      "A request by hand, with its headers by -H 'Name: value'.",
    ],
    ['hookswitch signature explain --request FILE', 'A whole request, from a file.'],
    ['hookswitch signature sign --url URL -d a=b', 'A header with which curl can call a protected path.'],
  ],
  exitCodes: [
    ['0', 'the signature is right, or was made'],
    ['1', 'it is not right, or something failed'],
    ['2', 'the command line or a HOOKSWITCH_ variable is wrong (HS_USAGE)'],
  ],
  run: runSignature,
};

async function runSignature(given: Arguments, surroundings: Surroundings): Promise<number> {
  const [action, ...words] = given.words;
  switch (action) {
    case 'explain':
      return isId(words[0])
        ? explainRecord(given, words, surroundings)
        : explainByHand(given, words, surroundings);
    case 'sign':
      return printHeader(given, words, surroundings);
    default:
      throw new CodedError(
        'HS_USAGE',
        `signature ${action ?? ''} is not known: use signature explain or signature sign`,
      );
  }
}

function isId(word: string | undefined): word is string {
  return word !== undefined && (word === 'last' || /^RQ[0-9a-f]{32}$/.test(word));
}

async function explainRecord(
  given: Arguments,
  [id, folder, more]: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  if (more !== undefined)
    throw new CodedError('HS_USAGE', `one folder is enough, "${more}" comes after "${folder}"`);
  if (given.flags.has('url') || given.flags.has('request')) {
    throw new CodedError('HS_USAGE', 'give an ID, or a request by hand, but not both');
  }
  const client = clientOf(given, surroundings, folder);
  return print(
    await client.post<SignatureExplanation>('/api/signature/explain', { id }),
    given,
    surroundings,
  );
}

async function explainByHand(
  given: Arguments,
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { platform, question } = await questionOf(given, words, surroundings);
  const { variables, authToken } = readVariables(platform.project, surroundings.environment);
  const explanation = await explainRequest(question, {
    token: authToken,
    origin: createOrigin(platform.publicUrl, platform.trustProxy),
    hasPublicUrl: platform.publicUrl !== null,
    variables,
  });
  return print(explanation, given, surroundings);
}

async function printHeader(
  given: Arguments,
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { platform, question } = await questionOf(given, words, surroundings);
  const { authToken } = readVariables(platform.project, surroundings.environment);
  if (authToken === null) throw new CodedError('HS_NO_AUTH_TOKEN', 'the project has no token to sign with');
  if (question.calledUrl === null) throw new CodedError('HS_USAGE', 'sign needs --url URL');
  const { base } = createOrigin(platform.publicUrl, []).of(undefined, undefined);
  const url = platform.publicUrl === null ? question.calledUrl : base + question.target;
  const signature = await signRequest(question, url, authToken);
  const isJson = outputFormatOf(given) === 'json';
  surroundings.stdout.write(
    isJson ? `${JSON.stringify({ url, signature })}\n` : `X-Twilio-Signature: ${signature}\n`,
  );
  return EXIT.ok;
}

interface Asked {
  readonly platform: PlatformOptions;
  readonly question: SignatureQuestion;
}

async function questionOf(
  given: Arguments,
  words: readonly string[],
  surroundings: Surroundings,
): Promise<Asked> {
  const { environment, currentFolder } = surroundings;
  const { platform } = startOptionsOf({ ...given, words }, environment, currentFolder);
  return { platform, question: await readRequestByHand(given, surroundings, platform.publicUrl) };
}

function print(explanation: SignatureExplanation, given: Arguments, surroundings: Surroundings): number {
  const { environment, stdout } = surroundings;
  const colours = coloursOf(wantsColours(environment, stdout.isTTY === true));
  const isJson = outputFormatOf(given) === 'json';
  stdout.write(isJson ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation, colours));
  return explanation.valid ? EXIT.ok : EXIT.failure;
}

/** Only the flag: the format of log lines is another matter. */
function outputFormatOf({ flags }: Arguments): string | undefined {
  return flags.get('outputFormat')?.at(-1);
}
