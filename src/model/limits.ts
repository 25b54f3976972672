/** The limits of the hosted platform (request-flow F12, F14, F15; functions-behaviour section 8). Bytes and milliseconds. */

export const REQUEST_BYTES = 1_048_576;
export const RESPONSE_BODY_BYTES = 4_194_304;
export const TARGET_BYTES = 8_192;
/** Names and values of all header lines, cookies included; the same for requests and responses. */
export const HEADER_BYTES = 15 * 1_024;
export const HEADER_LINES = 90;
export const COOKIE_LIFE_SECONDS = 86_400;
export const RUN_MS = 10_000;
export const QUEUE_WAIT_MS = 5_000;
export const MEMORY_MB = 256;
/** Not documented for the hosted platform, which runs on AWS Lambda: 1,024 open files, 512 MB in `/tmp`. */
export const OPEN_FILES = 1_024;
export const TEMPORARY_MB = 512;
/** Decided here. What a Function starts in good faith is a few; a loop that forks has this many within 0.1 s. */
export const PROCESSES = 64;
/** Console output kept per invocation; what is beyond is counted and dropped. */
export const LOG_BYTES = 256 * 1_024;
/** What a line counts beside its text: empty ones cost memory too. */
export const LINE_BYTES = 64;
export const PATH_CHARACTERS = 255;

/** Files that one instance may name as what its Functions are made of, and how long each name may be. */
export const INPUTS = 2_000;
export const INPUT_PATH_BYTES = 4_096;
