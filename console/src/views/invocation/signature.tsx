/** Why a signature does not match, in words, with the string that was signed. */
import type { SignatureExplanation } from '../../../../src/admin/api';
import { SafeText } from '../../parts/safe-text';
import { contained } from '../../text/contained';

export function Signature({ explanation }: { readonly explanation: SignatureExplanation }) {
  return (
    <div class="signature">
      <h4>{explanation.valid ? 'The signature is good' : 'The signature does not match'}</h4>
      {explanation.lines.map((line) => (
        <p key={line}>
          <SafeText text={line} />
        </p>
      ))}
      <h4>What was signed</h4>
      <pre class="code">{contained(explanation.signedString)}</pre>
      <h4>URLs that were tried</h4>
      <ul class="tried">
        {explanation.tried.map(({ url, matches }) => (
          <li key={url} class={matches ? 'good' : ''}>
            <SafeText text={url} /> <span class="note">{matches ? 'matches' : 'does not match'}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
