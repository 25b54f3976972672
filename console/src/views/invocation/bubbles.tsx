/** A text and its answers as the two phones show them. Media is named, never loaded. */
import { Icon } from '../../parts/icon';
import { SafeLink, SafeText } from '../../parts/safe-text';
import { attribute, elementsOf, rawTextOf, type TwimlNode, textOf } from '../../text/twiml';
import { Step } from './call-script';

interface BubblesProps {
  readonly verbs: readonly TwimlNode[];
  readonly heard: string | null;
}

export function Bubbles({ verbs, heard }: BubblesProps) {
  return (
    <div class="bubbles">
      {heard !== null && (
        <div class="bubble in">
          <span class="hidden">They wrote: </span>
          <SafeText text={heard} />
        </div>
      )}
      {verbs.map((verb, at) => (
        <Answer key={at} verb={verb} />
      ))}
      {verbs.length === 0 && <p class="none">Nothing is answered.</p>}
    </div>
  );
}

function Answer({ verb }: { readonly verb: TwimlNode }) {
  if (verb.name !== 'Message' && verb.name !== 'Sms') {
    return (
      <ol class="script">
        <Step node={verb} depth={0} />
      </ol>
    );
  }
  const to = attribute(verb, 'to');
  return (
    <div class="bubble-row">
      <div class="bubble out">
        <span class="hidden">The answer: </span>
        <SafeText text={messageText(verb)} />
        {mediaOf(verb).map((url) => (
          <span key={url} class="media">
            <Icon name="link" />
            <SafeLink text={url} />
          </span>
        ))}
      </div>
      {to !== null && <span class="note">to {<SafeText text={to} />}</span>}
    </div>
  );
}

function messageText(verb: TwimlNode): string {
  const bodies = elementsOf(verb).filter(({ name }) => name === 'Body');
  return [rawTextOf(verb), ...bodies.map(rawTextOf)].filter((text) => text !== '').join('\n');
}

function mediaOf(verb: TwimlNode): string[] {
  const nodes = elementsOf(verb);
  return nodes.filter(({ name }) => name === 'Media').map(textOf);
}
