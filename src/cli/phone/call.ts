import type { Arguments } from '../../config/arguments';
import { COMPATIBILITY_FLAGS } from '../../config/compatibility';
import { Sources } from '../../config/sources';
import {
  type Call,
  type CallEvent,
  type CallOptions,
  callEventText,
  callTranscript,
  createSimulator,
  type Problem,
  REAL_CLOCK,
  type Simulator,
  seededRandom,
  VirtualClock,
} from '../../simulator';
import type { Command, Surroundings } from '../command';
import { EXIT } from '../exit-code';
import { hintsFor } from './hints';
import { talkInRealTime, talkOnTerminal } from './keypad';
import { CALL_FLAGS, CALL_OPTIONS } from './options';
import { type Printer, printerOf, printTranscript } from './printer';
import { runScript } from './run-script';
import { parseScript, type ScriptStep } from './script';
import { readScript, type ScriptFailure, tellFailure } from './script-lines';
import { optional } from './sms';
import { findTarget, type Target } from './target';

export const CALL_COMMAND: Command = {
  flags: { options: CALL_FLAGS, accepted: COMPATIBILITY_FLAGS },
  about: [
    'Calls a project: its webhook is signed as the real one, and the TwiML that comes back is carried out, turn by turn. What is said is printed; keys and words are typed; Ctrl-C hangs up, ? shows the keys. No account, no number, no network.',
    'With --script nobody has to be there: a line says what the caller does or expects. docs/simulator.md shows how.',
  ],
  examples: [
    ['hookswitch call', 'The project of this folder; you have the phone.'],
    ['hookswitch call --from +14155550123', 'From another number.'],
    ['hookswitch call --script menu.call', 'As a test: the exit code says whether it was fulfilled.'],
    ['hookswitch call --script menu.call -o json', 'All that happened, for programs.'],
  ],
  exitCodes: [
    ['0', 'the call came to its end without an error, or the script was fulfilled'],
    ['1', 'it failed, or something was not as the script expects'],
    ['2', 'the command line or the script is wrong (HS_USAGE)'],
  ],
  run: runCall,
};

type CallSources = Sources<typeof CALL_OPTIONS>;

async function runCall(given: Arguments, surroundings: Surroundings): Promise<number> {
  const sources = new Sources(CALL_OPTIONS, given, {}, null);
  const target = findTarget('call', sources.value('url'), given, surroundings);
  const file = sources.value('script');
  const script = file === null ? null : await readScript(file, parseScript, surroundings);
  const wantsJson = given.flags.get('outputFormat')?.at(-1) === 'json';
  for (const note of target.notes) surroundings.stderr.write(`hookswitch: ${note}\n`);
  const simulator = simulatorFor(target, sources);
  const stop = endOnSignals(simulator);
  try {
    const outcome = await makeCall({ simulator, sources, target, script, wantsJson }, surroundings);
    report(outcome, surroundings);
    const { call, failure } = outcome;
    for (const hint of hintsFor(problemsOf(call), target.baseUrl)) {
      surroundings.stderr.write(`hookswitch: ${hint}\n`);
    }
    return failure === null && (script !== null || isFine(call)) ? EXIT.ok : EXIT.failure;
  } finally {
    stop();
    await simulator.close();
  }
}

interface Plan {
  readonly simulator: Simulator;
  readonly sources: CallSources;
  readonly target: Target;
  readonly script: readonly ScriptStep[] | null;
  readonly wantsJson: boolean;
}

async function makeCall(plan: Plan, surroundings: Surroundings): Promise<Outcome> {
  const { simulator, sources, script, wantsJson } = plan;
  const printer = printerOf(surroundings);
  const isVerbose = sources.value('verbose');
  const onEvent = (event: CallEvent): void => {
    if (!wantsJson && script === null) show(event, printer, isVerbose);
  };
  const options = { ...callOptionsOf(plan), onEvent };
  const isLive = script === null && sources.value('realTime');
  const call = isLive ? simulator.dial(options) : await simulator.call(options);
  const failure = script === null ? null : await runScript(script, call);
  if (script === null) {
    const talk = isLive ? talkInRealTime : talkOnTerminal;
    await Promise.race([talk(call, surroundings.stdin, printer), call.finished]);
  }
  await call.hangUp();
  await call.finished;
  return { call, failure, script, wantsJson };
}

function callOptionsOf({ sources, target }: Plan): CallOptions {
  return {
    url: target.url,
    method: sources.value('method'),
    faults: sources.value('fault'),
    ...optional('from', sources.value('from')),
    ...optional('to', sources.value('to')),
    ...optional('fallbackUrl', sources.value('fallbackUrl')),
    ...optional('statusCallback', sources.value('statusCallback')),
  };
}

function simulatorFor(target: Target, sources: CallSources): Simulator {
  const seed = sources.value('seed');
  return createSimulator({
    ...target,
    clock: sources.value('realTime') ? REAL_CLOCK : new VirtualClock(Date.now()),
    ...(seed === null ? {} : { random: seededRandom(seed) }),
  });
}

/** The first Ctrl-C hangs up, as a caller would; the second one ends the program as it always does. */
function endOnSignals(simulator: Simulator): () => void {
  const hangUp = (): void => {
    void simulator.hangUpAll();
  };
  for (const signal of SIGNALS) process.once(signal, hangUp);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hangUp);
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function show(event: CallEvent, printer: Printer, isVerbose: boolean): void {
  const isDetail = event.type === 'request' || event.type === 'status' || event.type === 'gathered';
  const text = callEventText(event);
  if (text !== null && (isVerbose || !isDetail)) printer.line(text);
}

interface Outcome {
  readonly call: Call;
  readonly failure: ScriptFailure;
  readonly script: readonly ScriptStep[] | null;
  readonly wantsJson: boolean;
}

function report({ call, failure, script, wantsJson }: Outcome, surroundings: Surroundings): void {
  const { stdout, stderr } = surroundings;
  if (wantsJson) {
    const { sid, from, to, status, events } = call;
    const result = {
      sid,
      from,
      to,
      status,
      fulfilled: script === null ? null : failure === null,
      failure,
      events,
    };
    stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  printTranscript(callTranscript(call.events), surroundings);
  tellFailure(failure, stderr);
}

function isFine(call: Call): boolean {
  return problemsOf(call).every(({ level }) => level === 'warning');
}

function problemsOf(call: Call): readonly Problem[] {
  return call.events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []));
}
