/** Bytes of an answer -> text, by the mark at its start, the charset of its Content-Type, or the XML declaration. */

export type Decoded = { readonly text: string } | { readonly failure: string };

export function decodeBody(body: Uint8Array, contentType: string | null): Decoded {
  const label = markOf(body) ?? charsetOf(contentType) ?? declaredIn(body) ?? 'utf-8';
  return decodeAs(body, label);
}

/** For the transcript: whatever it is, it becomes text. */
export function decodeLeniently(body: Uint8Array): string {
  return new TextDecoder('utf-8').decode(body);
}

function decodeAs(body: Uint8Array, label: string): Decoded {
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(body) };
  } catch (error) {
    const isUnknown = error instanceof RangeError;
    const shown = JSON.stringify(label.slice(0, 40));
    return {
      failure: isUnknown ? `the encoding ${shown} is not known` : `it holds bytes that are not ${shown}`,
    };
  }
}

function markOf(body: Uint8Array): string | null {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  return null;
}

function charsetOf(contentType: string | null): string | null {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1] ?? null;
}

/** `<?xml version="1.0" encoding="ISO-8859-1"?>`: ASCII in all encodings that can say so. */
function declaredIn(body: Uint8Array): string | null {
  const start = Buffer.from(body.subarray(0, 100)).toString('latin1');
  return /^<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1] ?? null;
}
