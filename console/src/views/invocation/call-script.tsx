/** A call as a script: what is said, played, asked and dialled, in order, with the attributes. */
import { Icon, type IconName } from '../../parts/icon';
import { SafeLink, SafeText } from '../../parts/safe-text';
import type { TwimlNode } from '../../text/twiml';
import { attributesLeft, describeVerb, stepsBelow, type VerbKind } from '../../text/verbs';

const ICONS: Readonly<Record<VerbKind, IconName>> = {
  voice: 'speaker',
  input: 'keypad',
  flow: 'phone',
  message: 'message',
  unknown: 'code',
};

/** Deeper ones are not shown; no real document comes near. */
const MOST_DEPTH = 6;

export function CallScript({ verbs }: { readonly verbs: readonly TwimlNode[] }) {
  if (verbs.length === 0) return <p class="none">Nothing is said; the call ends.</p>;
  return (
    <ol class="script">
      {verbs.map((node, at) => (
        <Step key={at} node={node} depth={0} />
      ))}
    </ol>
  );
}

export function Step({ node, depth }: { readonly node: TwimlNode; readonly depth: number }) {
  const { kind, does, what } = describeVerb(node);
  const below = depth < MOST_DEPTH ? stepsBelow(node) : [];
  return (
    <li class={`step ${kind}`}>
      <span class="step-icon">
        <Icon name={ICONS[kind]} />
      </span>
      <div class="step-text">
        <span class="does">
          <SafeText text={does} />
        </span>{' '}
        {what !== '' && <SafeLink text={what} />}
        <Attributes node={node} />
        {below.length > 0 && (
          <ol class="script">
            {below.map((child, at) => (
              <Step key={at} node={child} depth={depth + 1} />
            ))}
          </ol>
        )}
      </div>
    </li>
  );
}

function Attributes({ node }: { readonly node: TwimlNode }) {
  const pairs = attributesLeft(node);
  if (pairs.length === 0) return null;
  return (
    <ul class="attributes">
      {pairs.map(([name, value]) => (
        <li key={name}>
          <span>{name}</span> <SafeText text={value} />
        </li>
      ))}
    </ul>
  );
}
