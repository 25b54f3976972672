import { problem } from '../problem';
import type { Media } from './event';

/** By the end of the name; the file itself is not fetched. twilio.com/docs/messaging/guides/accepted-mime-types */
const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  vcf: 'text/vcard',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  '3gp': 'video/3gpp',
  txt: 'text/plain',
};

export function mediaOf(url: string): Media {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  const ending = /\.([\w]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const contentType = Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
  return { url, contentType: contentType ?? 'application/octet-stream' };
}

/** twilio.com/docs/messaging/api/message-resource: up to 10 files. */
export const MOST_MEDIA = 10;

export function tooManyMedia(count: number) {
  return problem(14103, `${count} files, at most ${MOST_MEDIA} are allowed`);
}
