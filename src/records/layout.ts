/**
 * One record as bytes: a head of numbers, one number for each console line and one for each name and value of a header, then the
 * texts one behind the other, then the bodies. Texts that came over the wire have one byte for each character. Others (what an
 * author wrote, names of files) have two where one is not enough.
 */
import { ERRORS, type ErrorCode } from '../errors';
import type { Visibility } from '../model/build';
import type { ConsoleLevel, Traffic } from '../model/invocation';

/** Where each number of the head stands. Those of 8 bytes first. */
export const STARTED_AT = 0;
export const DURATION = 8;
export const DROPPED = 16;
export const REQUEST_BYTES = 24;
export const RESPONSE_BYTES = 32;
export const TIMING = 40;
export const ID = 80;
export const METHOD = 84;
export const TARGET = 88;
export const TYPE = 92;
export const ADDRESS = 96;
export const RESOURCE = 100;
export const BUILD = 104;
export const REPLAY = 108;
export const DETAIL = 112;
export const REQUEST_LINES = 116;
export const RESPONSE_LINES = 120;
export const WIRE_TEXT = 124;
export const OTHER_TEXT = 128;
export const REQUEST_KEPT = 132;
export const RESPONSE_KEPT = 136;
export const CONSOLE = 140;
export const RUNNING = 144;
export const STATUS = 148;
export const PORT = 150;
export const ERROR = 152;
export const FLAGS = 154;
export const HEAD_BYTES = 156;
export const LINE_BYTES = 4;
/** The length of a text that is not there, the number of an error that there was not. */
export const NONE = 0xffff_ffff;
export const NO_ERROR = 0xffff;

export const HAS_TRAFFIC = 1;
export const HAS_TIMING = 2;
export const IS_WIDE = 4;
export const KIND_SHIFT = 3;
export const VISIBILITY_SHIFT = 5;

export const KINDS: readonly Traffic['kind'][] = [null, 'function', 'asset'];
export const VISIBILITIES: readonly (Visibility | null)[] = [null, 'public', 'protected', 'private'];
export const LEVELS: readonly ConsoleLevel[] = ['debug', 'info', 'warn', 'error'];
export const CODES = Object.keys(ERRORS) as readonly ErrorCode[];
export const CODE_NUMBERS: ReadonlyMap<string, number> = new Map(CODES.map((code, at) => [code, at]));
