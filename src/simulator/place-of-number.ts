/** City, state, postal code and country of a number, as webhooks carry them: invented, but of the right form. */

export interface NumberPlace {
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
}

const NOWHERE: NumberPlace = { city: '', state: '', zip: '', country: '' };

/** Prefix -> place, longest first. Of other numbers nothing is known, as with the vendor. */
const PLACES: readonly (readonly [prefix: string, place: NumberPlace])[] = [
  ['+1212', { city: 'NEW YORK', state: 'NY', zip: '10010', country: 'US' }],
  ['+1312', { city: 'CHICAGO', state: 'IL', zip: '60601', country: 'US' }],
  ['+1415', { city: 'SAN FRANCISCO', state: 'CA', zip: '94108', country: 'US' }],
  ['+1416', { city: 'TORONTO', state: 'ON', zip: '', country: 'CA' }],
  ['+1', { ...NOWHERE, country: 'US' }],
  ['+33', { ...NOWHERE, country: 'FR' }],
  ['+34', { ...NOWHERE, country: 'ES' }],
  ['+39', { ...NOWHERE, country: 'IT' }],
  ['+41', { ...NOWHERE, country: 'CH' }],
  ['+43', { ...NOWHERE, country: 'AT' }],
  ['+44', { ...NOWHERE, country: 'GB' }],
  ['+49', { ...NOWHERE, country: 'DE' }],
  ['+61', { ...NOWHERE, country: 'AU' }],
  ['+81', { ...NOWHERE, country: 'JP' }],
  ['+91', { ...NOWHERE, country: 'IN' }],
];

export function placeOfNumber(number: string): NumberPlace {
  return PLACES.find(([prefix]) => number.startsWith(prefix))?.[1] ?? NOWHERE;
}

/** `FromCity`, `FromState`, `FromZip`, `FromCountry`. */
export function placeFields(prefix: 'From' | 'To', number: string): Readonly<Record<string, string>> {
  const { city, state, zip, country } = placeOfNumber(number);
  return {
    [`${prefix}City`]: city,
    [`${prefix}State`]: state,
    [`${prefix}Zip`]: zip,
    [`${prefix}Country`]: country,
  };
}
