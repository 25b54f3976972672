/** How many text messages a text becomes. twilio.com/docs/glossary/what-sms-character-limit */

const GSM_7 =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑܧ¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** They take two places. */
const GSM_7_EXTENDED = '^{}\\[~]|€\f';

const PLAIN = new Set(GSM_7);
const EXTENDED = new Set(GSM_7_EXTENDED);

export function segmentsOf(body: string): number {
  const septets = gsmLengthOf(body);
  if (septets === null) return count(body.length, 70, 67);
  return count(septets, 160, 153);
}

/** `null` where a character needs UCS-2. */
function gsmLengthOf(body: string): number | null {
  let length = 0;
  for (const character of body) {
    if (PLAIN.has(character)) length++;
    else if (EXTENDED.has(character)) length += 2;
    else return null;
  }
  return length;
}

/** One message, or parts that each give up some room to say that they are one. */
function count(length: number, whole: number, part: number): number {
  return length <= whole ? 1 : Math.ceil(length / part);
}
