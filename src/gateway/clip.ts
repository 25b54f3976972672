const SHOWN_CHARACTERS = 200;

export function clip(text: string, characters = SHOWN_CHARACTERS): string {
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}
