/** `npm run chaos`: see README.md beside this file. */
import { describeMachine } from '../measure/machine';
import { HELP, type Options, readOptions } from './options';
import { layGrounds } from './project';
import { formatReport, makeReport, type Report } from './report';
import { runChaos } from './run';

void main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<void> {
  const options = understand(argv);
  if (options === null) return;
  const grounds = layGrounds();
  console.error(`Seed ${options.seed}, in ${grounds.folder}, on ${describeMachine()}`);
  let passed = false;
  try {
    const report = makeReport(await runChaos(options, grounds), grounds, options);
    print(report, options);
    passed = report.passed;
  } catch (error) {
    console.error(error, `\nRepeat with --seed ${options.seed}`);
  }
  if (passed && !options.keep) grounds.remove();
  else console.error(`Everything about this run is kept in ${grounds.folder}`);
  process.exitCode = passed ? 0 : 1;
}

/** `null`: there is nothing to do, and it was told why. */
function understand(argv: readonly string[]): Options | null {
  try {
    if (process.platform !== 'linux') throw new Error('This needs Linux (/proc).');
    const options = readOptions(argv);
    if (options === null) console.log(HELP);
    return options;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exitCode = 2;
    return null;
  }
}

function print(report: Report, { json }: Options): void {
  console.log(json ? JSON.stringify(report) : formatReport(report));
}
