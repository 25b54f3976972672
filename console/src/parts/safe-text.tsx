import { contained } from '../text/contained';
import { safeLink } from '../text/link';

/** Text of requests and Functions, kept from changing what stands around it. */
export function SafeText({ text }: { readonly text: string }) {
  return <bdi class="safe">{contained(text)}</bdi>;
}

/** As text, and as a link where it is one to the web. Nothing is loaded before somebody follows it. */
export function SafeLink({ text }: { readonly text: string }) {
  const href = safeLink(text);
  if (href === null) return <SafeText text={text} />;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow" class="safe">
      <SafeText text={text} />
    </a>
  );
}
