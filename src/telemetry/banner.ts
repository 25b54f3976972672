import type { AssetResource, Build, BuildProblem, FunctionResource } from '../model/build';
import type { Colours } from './colours';
import { firstTry } from './first-try';
import type { Listening } from './log';
import { describeProblem } from './problem';
import { terminalText } from './untrusted';

/** What a terminal shows at start: in the style that users of `twilio-run` know. Ends with a line break. */
export function bannerText(start: Listening, colours: Colours): string {
  const { build, url, publicUrl } = start;
  const base = publicUrl ?? url;
  const sections = [
    listText('functions', build.functions, (resource) => functionText(resource, base, colours), colours),
    listText('assets', build.assets, (resource) => assetText(resource, base, colours), colours),
    problemsText(build.problems, colours),
    addressText(start, colours),
  ];
  return `\n${sections.filter((section) => section !== '').join('\n\n')}\n\n`;
}

/** One warning per line, without a line break at the end. */
export function problemsText(problems: readonly BuildProblem[], colours: Colours): string {
  return problems.map((problem) => problemText(problem, colours)).join('\n');
}

/** `5 Functions, 1 Asset` */
export function countText(build: Build): string {
  return `${count(build.functions.length, 'Function')}, ${count(build.assets.length, 'Asset')}`;
}

function listText<R>(
  kind: string,
  resources: readonly R[],
  show: (resource: R) => string,
  colours: Colours,
): string {
  const heading = colours.bold(colours.green(`Twilio ${kind} available:`));
  if (resources.length === 0) return `${heading}\n  ${colours.yellow(`No ${kind} found`)}`;
  const lines = resources.map((resource, index) => {
    return `${index + 1 === resources.length ? '└──' : '├──'} ${show(resource)}`;
  });
  return [heading, ...lines].join('\n');
}

function functionText(resource: FunctionResource, base: string, colours: Colours): string {
  const key = resource.path.slice(1);
  return resourceText(resource, base, `Runtime.getFunctions()['${key}']`, colours);
}

function assetText(resource: AssetResource, base: string, colours: Colours): string {
  return resourceText(resource, base, `Runtime.getAssets()['${resource.path}']`, colours);
}

function resourceText(
  { path, visibility }: FunctionResource | AssetResource,
  base: string,
  lookup: string,
  colours: Colours,
): string {
  if (visibility === 'public') return terminalText(base + path);
  const shown = visibility === 'private' ? lookup : base + path;
  return `${colours.bold(colours.cyan(`[${visibility}]`))} ${terminalText(shown)}`;
}

function problemText(problem: BuildProblem, colours: Colours): string {
  return `${colours.yellow('warn')}  ${terminalText(describeProblem(problem))}`;
}

function addressText(
  { build, url, publicUrl, checkSignatures, console }: Listening,
  colours: Colours,
): string {
  const called = publicUrl === null ? '' : `, called ${terminalText(publicUrl)}`;
  const lines = [`Listening on ${colours.bold(terminalText(url))}${called}. Stop with Ctrl-C.`];
  if (console !== null) lines.push(`Console: ${colours.bold(terminalText(console))} (opens it once)`);
  const first = firstTry(build, url, checkSignatures);
  if (first.kind === 'curl') lines.push(`Try it: ${colours.bold(terminalText(first.command))}`);
  if (first.kind === 'all protected') {
    lines.push('All Functions are protected: to try one by hand, start with --no-signature.');
  }
  return lines.join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
