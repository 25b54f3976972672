import type { SignatureExplanation, TriedForm } from '../admin/api';
import type { Colours } from '../telemetry/colours';
import { terminalText } from '../telemetry/untrusted';

/** What `hookswitch signature explain` shows to people. Ends with a line break. */
export function explanationText(explanation: SignatureExplanation, colours: Colours): string {
  const { valid, signature, signedString, tried, lines } = explanation;
  const sections = [
    [colours.bold(valid ? 'The signature is right.' : 'The signature is not right.')],
    ['Signature that came', `  ${signature === null ? 'none' : terminalText(signature)}`],
    ['String that is signed for this request', `  ${terminalText(signedString)}`],
    ['Forms that were tried', ...tried.map(formText)],
    ...(valid && lines.length < 2 ? [] : [['What to do', ...lines.map((line) => `  ${terminalText(line)}`)]]),
  ];
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function formText({ url, matches, differs }: TriedForm): string {
  const note = differs.length === 0 ? '' : ' (not accepted)';
  return `  ${matches ? 'matches' : 'no     '}  ${terminalText(url)}${note}`;
}
