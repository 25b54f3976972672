/** What npm allows for new packages. */
const ALLOWED = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const RESERVED = ['node_modules', 'favicon.ico', 'hookswitch', 'twilio'];
const LONGEST = 214;

export const PACKAGE_NAME_ALLOWED =
  'a name for npm: small letters, digits, -, . and _, at most 214 characters, as in my-project';

export function readPackageName(text: string): string | undefined {
  return ALLOWED.test(text) && text.length <= LONGEST && !RESERVED.includes(text) ? text : undefined;
}

/** The nearest name that npm allows: `Mein Büro 2` -> `mein-buro-2`. */
export function packageNameOf(folderName: string): string {
  const name = folderName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
    .slice(0, LONGEST);
  return readPackageName(name) ?? 'my-project';
}
