/** docs/twiml.md: what the simulator does of TwiML, from the tables that it works by. */

import { MESSAGING_SCHEMA } from '../src/model/twiml/messaging-schema';
import type { AttributeRow, ElementRow, ElementTable, ValueRule } from '../src/model/twiml/schema';
import { VOICE_SCHEMA } from '../src/model/twiml/voice-schema';
import { PROBLEMS } from '../src/simulator/problem';
import { code, MADE_FROM, page, tableText } from './markdown';

export function twimlPage(): string {
  return page([
    MADE_FROM,
    '# TwiML in the simulator',
    'What the [simulator](simulator.md) does of each element and attribute.',
    tableText(
      ['State', 'Meaning'],
      [
        ['complete', 'as the vendor documents it'],
        ['partial', 'the note says what is missing or different'],
        [
          'absent',
          'accepted without a warning, and without effect; of a verb: marked in the transcript, and the next one follows',
        ],
      ],
    ),
    'What is not in these tables warns with 12200 (in messages 14110), with line and column, and is passed over. A value that is not allowed warns with the code in its row, and the default holds.',
    '## Calls',
    ...sections(VOICE_SCHEMA),
    '## Messages',
    ...sections(MESSAGING_SCHEMA),
    '## Codes',
    "The level is that of the vendor's debugger. Where a webhook fails, or what it answers is no TwiML, the fallback is asked or the conversation ends; of a message that cannot be sent it ends that alone. All else goes on, `Dial` with the status `failed`.",
    tableText(['Code', 'Level', 'Text'], Object.entries(PROBLEMS).map(codeRow)),
  ]);
}

function codeRow([number, { level, text }]: [
  string,
  { readonly level: string; readonly text: string },
]): readonly string[] {
  return [`[${number}](https://www.twilio.com/docs/api/errors/${number})`, level, text];
}

function sections(table: ElementTable): readonly string[] {
  return Object.entries(table).flatMap(([name, row]) => [
    `### ${name}`,
    elementText(row),
    ...(Object.keys(row.attributes).length === 0
      ? []
      : [
          tableText(
            ['Attribute', 'State', 'Values', 'Otherwise', 'Note'],
            Object.entries(row.attributes).map(attributeRow),
          ),
        ]),
  ]);
}

function elementText({ support, page: path, children, note }: ElementRow): string {
  const inside =
    children === 'any'
      ? 'Anything may stand in it.'
      : children.length === 0
        ? ''
        : `In it: ${children.map(code).join(', ')}.`;
  const link = `[twilio.com/docs/${path}](https://www.twilio.com/docs/${path})`;
  return [`**${support}** · ${link}.`, note, inside].filter((part) => part !== '').join(' ');
}

function attributeRow([name, { support, values, code: problem, note }]: [
  string,
  AttributeRow,
]): readonly string[] {
  const allowed = support === 'absent' && values === 'text' ? '' : valuesText(values);
  return [code(name), support, allowed, support === 'absent' ? '' : String(problem), note];
}

function valuesText(values: ValueRule): string {
  switch (values) {
    case 'method':
      return 'GET, POST';
    case 'boolean':
      return 'true, false';
    case 'key':
      return '0 to 9, #, *, or nothing';
    case 'digits':
      return '0 to 9, A to D, #, *, w, W';
    case 'text':
    case 'url':
    case 'positive integer':
    case 'integer from 0':
      return values;
    default:
      return values.join(', ');
  }
}
