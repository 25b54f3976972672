/** Colours of JSON and XML: text cut into pieces that have a kind. What is not understood stays plain. */
export type TokenKind = 'plain' | 'name' | 'text' | 'number' | 'word' | 'mark' | 'comment';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export type Language = 'json' | 'xml' | 'plain';

const JSON_TOKEN =
  /(?<name>"(?:\\.|[^"\\\n])*"(?=\s*:))|(?<text>"(?:\\.|[^"\\\n])*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>\b(?:true|false|null)\b)|(?<mark>[{}[\],:])/g;
const XML_TOKEN =
  /(?<comment><!--[\s\S]*?-->|<\?[\s\S]*?\?>)|(?<word><\/?[\w.:-]+)|(?<name>[\w.:-]+(?=\s*=\s*["']))|(?<text>"[^"<]*"|'[^'<]*')(?=[\s/>?])|(?<mark>\/?>)/g;

export function tokensOf(text: string, language: Language): Token[] {
  if (language === 'plain') return [{ kind: 'plain', text }];
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(language === 'json' ? JSON_TOKEN : XML_TOKEN)) {
    if (match.index > end) tokens.push({ kind: 'plain', text: text.slice(end, match.index) });
    tokens.push({ kind: kindOf(match), text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) tokens.push({ kind: 'plain', text: text.slice(end) });
  return tokens;
}

function kindOf({ groups = {} }: RegExpMatchArray): TokenKind {
  const [name = 'plain'] = Object.entries(groups).find(([, value]) => value !== undefined) ?? [];
  return name as TokenKind;
}
