/** Line icons on a grid of 16; they say nothing to screen readers, the text beside them does. */
const PATHS = {
  list: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  code: 'M6 4 2 8l4 4M10 4l4 4-4 4',
  sliders: 'M2 5h6m4 0h2M2 11h2m4 0h6M10 3v4M6 9v4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.5-1.5L14 14',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M5 3v10l8-5-8-5Z',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M9.5 3 4.5 8l5 5',
  up: 'M3.5 10 8 5.5l4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  replay: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2v3h-3',
  edit: 'M3 13h2.5l7-7L10 3.5l-7 7V13Z',
  copy: 'M6 6h7.5v7.5H6zM3.5 10H2.5V2.5H10v1',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z',
  half: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0 0V2',
  keyboard: 'M1.5 4h13v8h-13zM4 7h.5M7 7h.5M10 7h.5M5 9.5h6',
  lines: 'M3 4.5 6 8l-3 3.5M8 12h5',
  alert: 'M8 2 1.5 13.5h13L8 2ZM8 6.5v3.5M8 12v.2',
  check: 'M3 8.5 6.5 12 13 4.5',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  send: 'M2 8 14 2.5 10.5 14 7.5 9 2 8Z',
  plus: 'M8 3v10M3 8h10',
  message: 'M2 3h12v8H7l-3 2.5V11H2V3Z',
  speaker: 'M3 6v4h2.5L9 13V3L5.5 6H3ZM11.5 5.5a3.5 3.5 0 0 1 0 5',
  phone:
    'M4 2.5h2l1 3-1.5 1.2a8 8 0 0 0 3.8 3.8L10.500 9l3 1v2.500c0 .5-.5 1-1 1C7 13.500 2.500 9 2.500 3.500c0-.5 1-1 1.500-1Z',
  keypad: 'M4 4h.1M8 4h.1M12 4h.1M4 8h.1M8 8h.1M12 8h.1M4 12h.1M8 12h.1M12 12h.1',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500l-1.500 1.500A3 3 0 0 1 3 8.500L4.500 7',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
