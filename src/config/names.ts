/** One option has one name in three spellings: `signatureStatus`, `--signature-status`, `HOOKSWITCH_SIGNATURE_STATUS`. */

export function flagName(key: string): string {
  return `--${kebabCase(key)}`;
}

export function environmentName(key: string): string {
  return `HOOKSWITCH_${kebabCase(key).replaceAll('-', '_').toUpperCase()}`;
}

/** `load-local-env` and `loadLocalEnv` are the same flag, as users of `twilio-run` know it. */
export function keyOfFlag(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
