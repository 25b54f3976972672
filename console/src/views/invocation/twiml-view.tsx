/** TwiML as the caller hears or reads it. The source stands below, in the body. */
import { useMemo } from 'preact/hooks';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { elementsOf, parseTwiml, type Twiml } from '../../text/twiml';
import { Bubbles } from './bubbles';
import { CallScript } from './call-script';

export function TwimlView({ text, heard }: { readonly text: string; readonly heard: string | null }) {
  const twiml = useMemo(() => parseTwiml(text), [text]);
  if (twiml.kind === 'invalid') return <InvalidTwiml twiml={twiml} />;
  const verbs = elementsOf(twiml.root);
  const isMessages =
    verbs.some(({ name }) => name === 'Message' || name === 'Sms') || (heard !== null && verbs.length === 0);
  if (isMessages || heard !== null) return <Bubbles verbs={verbs} heard={heard} />;
  return <CallScript verbs={verbs} />;
}

function InvalidTwiml({ twiml: { why, line } }: { readonly twiml: Extract<Twiml, { kind: 'invalid' }> }) {
  return (
    <p class="invalid" role="note">
      <Icon name="alert" />
      <span>
        <strong>This is not valid TwiML{line === null ? '' : ` (line ${line})`}.</strong>{' '}
        <SafeText text={why} /> The vendor answers such a document with error 12100.
      </span>
    </p>
  );
}
