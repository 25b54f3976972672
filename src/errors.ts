/**
 * Every coded error, once. `docs/errors.md` is made from this table and a test compares the two.
 *
 * - `status`: what the HTTP client gets; `null` where the error stops a command instead of a request.
 * - `text`: the whole body that the client gets (short, leaks nothing). For failures whose body the author's
 *   own error decides (`HS_CALLBACK_ERROR`, `HS_THREW`, `HS_REJECTED`, `HS_LOAD_FAILED`, …) it is the fallback.
 * - `when`: the condition, for the docs. `fix`: what the author or operator can do, shown in the log.
 * - `vendor`: the code that the vendor's debugger shows for the same event (82001 to 82009), or `null`.
 */
export interface ErrorRow {
  readonly status: number | null;
  readonly text: string;
  readonly when: string;
  readonly fix: string;
  readonly vendor: number | null;
}

const UNAUTHORIZED = 'Unauthorized - you are not authenticated to perform this request';
const TIMED_OUT = 'runtime application timed out';

export const ERRORS = {
  // What a client did, in the order in which it is decided (request-flow, table of refusals).
  HS_BAD_REQUEST: {
    status: 400,
    text: 'Bad Request',
    when: 'The HTTP parser refuses the request: bad framing, a conflicting or repeated Content-Length, Content-Length beside Transfer-Encoding, an unknown method, invalid characters, an invalid Host.',
    fix: 'The client or a proxy in front sends invalid HTTP; the detail says what the parser met.',
    vendor: 82001,
  },
  HS_TOO_MANY_CONNECTIONS: {
    status: 503,
    text: 'Service Unavailable',
    when: 'More connections than --max-connections are open. A new one is closed at once, before anything is read: its client gets no answer (a proxy in front answers 502 or 503). Logged at most once a second.',
    fix: 'Raise --max-connections and the open files of the process, or find out who keeps connections open.',
    vendor: 82001,
  },
  HS_REQUEST_TIMEOUT: {
    status: 408,
    text: 'Request Timeout',
    when: 'The headers or the body did not arrive within their deadline.',
    fix: 'The client is slow or stalled; nothing ran.',
    vendor: 82001,
  },
  HS_STOPPING: {
    status: 503,
    text: 'Service Unavailable',
    when: 'The gateway is stopping and takes no new requests.',
    fix: 'Send the request again once the gateway runs again.',
    vendor: 82002,
  },
  HS_TARGET_TOO_LONG: {
    status: 414,
    text: 'URI Too Long',
    when: 'The request target (path and query) is over 8,192 bytes.',
    fix: 'Send the data in the body of a POST.',
    vendor: 82001,
  },
  HS_REQUEST_HEADERS_TOO_LONG: {
    status: 431,
    text: 'Request headers or cookies too long',
    when: 'Request headers with cookies are over 15,360 bytes (names and values) or 90 lines.',
    fix: 'Send fewer or shorter headers and cookies.',
    vendor: 82008,
  },
  HS_NOT_FOUND: {
    status: 404,
    text: 'Not Found',
    when: 'No Function or Asset has this exact path, or it is private.',
    fix: 'Paths match exactly: check case, trailing slash and extension against the list printed at start.',
    vendor: 82001,
  },
  HS_METHOD_NOT_ALLOWED: {
    status: 405,
    text: 'Method Not Allowed',
    when: 'The method is not GET, HEAD, POST or OPTIONS.',
    fix: 'Use GET or POST.',
    vendor: 82001,
  },
  HS_GET_WITH_BODY: {
    status: 403,
    text: 'Forbidden',
    when: 'A GET or HEAD request carries a body.',
    fix: 'Send the data in the query, or use POST.',
    vendor: 82001,
  },
  HS_SIGNATURE_MISSING: {
    status: 400,
    text: UNAUTHORIZED,
    when: 'The path is protected and the request has no X-Twilio-Signature header.',
    fix: 'Let the vendor call this path, sign the request, or start with --no-signature while trying it by hand.',
    vendor: 82001,
  },
  HS_NO_AUTH_TOKEN: {
    status: 400,
    text: UNAUTHORIZED,
    when: 'The path is protected and the project has no auth token to check the signature with.',
    fix: 'Put AUTH_TOKEN=… (or TWILIO_AUTH_TOKEN=…) into .env.',
    vendor: 82001,
  },
  HS_REQUEST_TOO_LARGE: {
    status: 413,
    text: 'Payload Too Large',
    when: 'Request line, headers and body are over 1,048,576 bytes as sent, or the body is once inflated.',
    fix: 'Send less than 1 MB.',
    vendor: 82001,
  },
  HS_BODIES_TOO_LARGE: {
    status: 429,
    text: 'Too Many Requests',
    when: 'The bodies of all requests together are over --body-memory. Bodies of up to 16 kB are not counted, unless their request was sent before the answers to those before it.',
    fix: 'Raise --body-memory, send smaller bodies, or fewer of them at a time.',
    vendor: 82001,
  },
  HS_UNSUPPORTED_ENCODING: {
    status: 415,
    text: 'Unsupported Media Type',
    when: 'The Content-Encoding of a form or JSON body is not gzip, deflate or identity.',
    fix: 'Send the body as it is, or with gzip.',
    vendor: 82001,
  },
  HS_UNSUPPORTED_CHARSET: {
    status: 415,
    text: 'Unsupported Media Type',
    when: 'The charset of a form is not UTF-8, or that of a JSON body is not UTF-8 or UTF-16.',
    fix: 'Send UTF-8.',
    vendor: 82001,
  },
  HS_BODY_UNREADABLE: {
    status: 400,
    text: 'Bad Request',
    when: 'The body ended early or could not be inflated.',
    fix: 'The client or a proxy in front cut or damaged the body.',
    vendor: 82001,
  },
  HS_INVALID_JSON: {
    status: 400,
    text: 'Bad Request',
    when: 'A body of type application/json is not a JSON object or array.',
    fix: 'Send an object; the detail says where parsing stopped.',
    vendor: 82001,
  },
  HS_SIGNATURE_WRONG: {
    status: 400,
    text: UNAUTHORIZED,
    when: 'The path is protected and X-Twilio-Signature does not match the request.',
    fix: 'The detail says which forms of the URL were tried and what would match.',
    vendor: 82001,
  },
  HS_TOO_MANY_REQUESTS: {
    status: 429,
    text: 'Too Many Requests',
    when: 'All instances are busy and the queue is full, the call waited over 5 s, --max-invocations calls are under way, or one connection sent over 256 requests before their answers came.',
    fix: 'Raise --max-instances (or --max-invocations), or make the Function answer faster.',
    vendor: 82001,
  },

  // What the Function did.
  HS_LOAD_TIMEOUT: {
    status: 504,
    text: TIMED_OUT,
    when: 'Loading the module of the Function took over the time limit.',
    fix: 'Look for a loop or long work at the top of the module.',
    vendor: 82002,
  },
  HS_RUN_TIMEOUT: {
    status: 504,
    text: TIMED_OUT,
    when: 'The handler ran over the time limit (10 s) and was killed.',
    fix: 'Find what keeps it: an endless loop, a slow request, a callback on a path that is never reached.',
    vendor: 82002,
  },
  HS_NEVER_ANSWERS: {
    status: 504,
    text: TIMED_OUT,
    when: 'The handler returned and nothing is left (no timer, request or promise job) that could call callback.',
    fix: 'Call callback(null, result) on every path; what a handler returns is ignored.',
    vendor: 82002,
  },
  HS_CALLBACK_ERROR: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The Function passed an error to callback.',
    fix: 'The error is the one that the Function passed.',
    vendor: 82002,
  },
  HS_THREW: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The handler threw, at once or later in a timer or an event listener.',
    fix: 'See the stack.',
    vendor: 82002,
  },
  HS_REJECTED: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The promise of an async handler was rejected, or a promise it left was rejected without a catch.',
    fix: 'Catch the rejection and pass it to callback, or await the promise.',
    vendor: 82002,
  },
  HS_LOAD_FAILED: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The module of the Function could not be compiled or loaded: a syntax error, a missing module, a throw at its top, an await there that never settles.',
    fix: 'See the file and line in the stack.',
    vendor: 82002,
  },
  HS_NO_HANDLER: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The module exports no handler that is a function: exports.handler, export const handler, or a default export.',
    fix: 'Add exports.handler = function (context, event, callback) { … } or export const handler = …, or name a helper file *.private.js.',
    vendor: 82002,
  },
  HS_EXITED: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The Function ended its process (process.exit) before it answered.',
    fix: 'Remove process.exit; answer through callback.',
    vendor: 82002,
  },
  HS_CRASHED: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The process of the Function died by a signal or an abort before it answered.',
    fix: 'See the lines that the process left; a native module or process.abort may be the cause.',
    vendor: 82002,
  },
  HS_CRASH_LOOP: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The processes of the Function keep dying soon after they are started, so new ones are started less often; this call was not run.',
    fix: 'See the errors of the calls before it: they name why the processes die.',
    vendor: 82002,
  },
  HS_OUT_OF_MEMORY: {
    status: 500,
    text: 'runtime application used too much memory',
    when: 'The Function, with the processes that it started, used more memory than its limit (256 MB unless --memory says otherwise) and was killed.',
    fix: 'Use less memory, or raise --memory.',
    vendor: 82002,
  },
  HS_TOO_MANY_PROCESSES: {
    status: 500,
    text: 'runtime application started too many processes',
    when: 'The Function had more processes running that it started than its limit (64 unless --max-processes says otherwise), and was killed with all of them.',
    fix: 'Wait for a child process before the next is started, or raise --max-processes.',
    vendor: 82002,
  },
  HS_TOO_MANY_OPEN_FILES: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The Function failed with EMFILE: it had more files and connections open than its limit (1,024 unless --max-open-files says otherwise).',
    fix: 'Close what is not needed any more and open less at a time, or raise --max-open-files.',
    vendor: 82002,
  },
  HS_TEMPORARY_FOLDER_FULL: {
    status: 500,
    text: 'runtime application used too much temporary space',
    when: 'The Function had more in its temporary folder than its limit (512 MB unless --temporary-space says otherwise) and was killed.',
    fix: 'Delete temporary files, also those of earlier calls, or raise --temporary-space.',
    vendor: 82002,
  },
  HS_LOG_FLOOD: {
    status: 500,
    text: 'runtime application wrote too much to its log',
    when: 'The process of the Function went on writing log lines far beyond the 256 kB that a call may write, and was killed.',
    fix: 'Write less; what a call writes beyond 256 kB is dropped anyway.',
    vendor: 82002,
  },
  HS_START_FAILED: {
    status: 500,
    text: 'Internal Server Error',
    when: 'No process could be started for the Function.',
    fix: 'Look at the limits of the machine: processes, memory, open files.',
    vendor: 82002,
  },
  HS_BROKE_PROTOCOL: {
    status: 500,
    text: 'Internal Server Error',
    when: 'The process of the Function wrote something that is not a message to the channel of the gateway, or closed it.',
    fix: 'The Function (or a module it loads) writes to or closes descriptors that it does not own.',
    vendor: 82002,
  },
  HS_RESULT_INVALID: {
    status: 500,
    text: 'Internal Server Error',
    when: 'What was passed to callback cannot become an HTTP response: it cannot be serialised, its status is not an integer from 200 to 599, or HTTP does not allow one of its headers.',
    fix: 'The detail names the value.',
    vendor: 82002,
  },
  HS_RESPONSE_HEADERS_TOO_LONG: {
    status: 431,
    text: 'Response headers or cookies too long',
    when: 'Response headers with cookies are over 15,360 bytes or 90 lines.',
    fix: 'Send fewer or shorter headers and cookies.',
    vendor: 82008,
  },
  HS_COOKIE_LIVES_TOO_LONG: {
    status: 400,
    text: 'Cookies max-age cannot be greater than a day',
    when: 'A cookie of the response lives longer than 86,400 s.',
    fix: 'Set Max-Age to at most 86400.',
    vendor: 82001,
  },
  HS_RESPONSE_TOO_LARGE: {
    status: 502,
    text: 'Bad Gateway',
    when: 'The response body of a Function is over 4,194,304 bytes.',
    fix: 'Answer with less than 4 MB, or serve the data as an Asset.',
    vendor: 82002,
  },
  HS_INTERNAL: {
    status: 500,
    text: 'Internal Server Error',
    when: 'A defect of Hookswitch itself.',
    fix: 'Please report it with the log lines around it.',
    vendor: 82002,
  },

  // What the admin API answers, to the console and to commands.
  HS_CONSOLE_DENIED: {
    status: 401,
    text: 'this needs the session of the console, or its token',
    when: 'A request to the admin API has neither a session cookie nor the token, or they are wrong or of an earlier start; or a link to the console was used already or is too old.',
    fix: 'Get a new link with hookswitch console.',
    vendor: null,
  },
  HS_CONSOLE_CROSS_SITE: {
    status: 403,
    text: 'this request does not come from the console',
    when: 'A request to the console port names another host (DNS rebinding), or was made by a page of another origin.',
    fix: 'Open the console by the address that is printed at start; name other addresses with --console-host.',
    vendor: null,
  },
  HS_CONSOLE_BAD_REQUEST: {
    status: 400,
    text: 'the admin API does not understand this request',
    when: 'A request to the admin API has a body that is too large, no JSON, or not what is expected there; or a parameter or method that is not known.',
    fix: 'The message names the member; src/admin/api.ts has all of them.',
    vendor: null,
  },
  HS_CONSOLE_BUSY: {
    status: 429,
    text: 'too much is asked of the admin API at once',
    when: 'More than 16 streams of events are open, or more than 8 searches or repeated calls are under way.',
    fix: 'Close other windows of the console.',
    vendor: null,
  },
  HS_NO_CONVERSATION: {
    status: 404,
    text: 'there is no such conversation',
    when: "The console's phone was asked for a conversation that was forgotten, or never began.",
    fix: 'Start a new one.',
    vendor: null,
  },
  HS_NO_RECORD: {
    status: 404,
    text: 'there is no such record',
    when: 'The admin API was asked for an invocation that is not kept: its id is wrong, or newer ones have taken its place.',
    fix: 'Keep more with --records and --records-memory, or write them to a file with --record-file.',
    vendor: null,
  },
  HS_CANNOT_REPLAY: {
    status: 422,
    text: 'this request cannot be repeated',
    when: 'A replay or a call from the console cannot be sent (its record has no request, or it is not valid HTTP), or its connection ended without a record.',
    fix: 'The message says why; edit the request.',
    vendor: null,
  },

  // What stops a command.
  HS_USAGE: {
    status: null,
    text: 'wrong use of the command line',
    when: 'A flag, a value or a command is unknown or invalid.',
    fix: 'See hookswitch --help.',
    vendor: null,
  },
  HS_CONFIG_INVALID: {
    status: null,
    text: 'invalid configuration',
    when: 'A configuration file cannot be parsed, or holds a value of the wrong kind.',
    fix: 'The message names the file and the key.',
    vendor: null,
  },
  HS_NO_PROJECT: {
    status: null,
    text: 'no project',
    when: 'The folder does not exist, or a folder that was named for Functions or Assets does not.',
    fix: 'Name the folder that holds functions/ or assets/.',
    vendor: null,
  },
  HS_NEW_PROJECT: {
    status: null,
    text: 'the project cannot be made',
    when: 'The folder for a new project holds something already, a file is in its way, or it may not be written.',
    fix: 'Name another folder: nothing that exists is overwritten, and nothing half is left behind.',
    vendor: null,
  },
  HS_ENV_FILE: {
    status: null,
    text: 'the file of variables cannot be read',
    when: 'The file named by --env does not exist, or it or .env cannot be read (it may be a folder).',
    fix: 'Check the path given to --env, and that .env is a file that may be read.',
    vendor: null,
  },
  HS_DUPLICATE_PATH: {
    status: null,
    text: 'two files have the same path',
    when: 'Two Functions, two Assets, or a Function and an Asset of one project have the same URL path.',
    fix: 'Rename one of the two files.',
    vendor: null,
  },
  HS_TEST_USAGE: {
    status: null,
    text: 'wrong use of hookswitch/testing',
    when: 'A test gives what the test library cannot use, or goes on with a project or a call that is closed.',
    fix: 'The message says what was met; docs/testing.md shows how it is meant.',
    vendor: null,
  },
  HS_PORT_IN_USE: {
    status: null,
    text: 'the port is in use',
    when: 'Another program listens on the port.',
    fix: 'Use another with --port, or --port 0 for a free one.',
    vendor: null,
  },
  HS_CANNOT_INSPECT: {
    status: null,
    text: 'no debugger can attach',
    when: 'The port of --inspect or --inspect-brk is in use, or cannot be listened on.',
    fix: 'End what listens there, or use another port: --inspect=9230, or 0 for a free one.',
    vendor: null,
  },
  HS_CANNOT_LISTEN: {
    status: null,
    text: 'cannot listen',
    when: 'The address or port cannot be listened on (not allowed, or not an address of this machine).',
    fix: 'Check --host and --port.',
    vendor: null,
  },
  HS_NO_GATEWAY: {
    status: null,
    text: 'no gateway with a console was found',
    when: 'hookswitch logs, show, replay or console finds no running gateway of this project whose console is on.',
    fix: 'Start one with hookswitch start (on a server with --console), or name its project or --console-url.',
    vendor: null,
  },
  HS_SEVERAL_GATEWAYS: {
    status: null,
    text: 'several gateways run',
    when: 'More than one running gateway could be meant.',
    fix: 'Name the folder of the project, or the one that is meant with --console-url.',
    vendor: null,
  },
  HS_GATEWAY_UNREACHABLE: {
    status: null,
    text: 'the gateway does not answer',
    when: 'The console of a gateway that should be running cannot be reached, does not answer in time, or does not know the token (it was started again).',
    fix: 'Look whether it still runs, and start it again.',
    vendor: null,
  },
  HS_RECORD_FILE: {
    status: null,
    text: 'the file of records cannot be used',
    when: 'The file that --record-file names cannot be opened for writing, or the one that logs --file names cannot be read.',
    fix: 'Check the path and who may write there.',
    vendor: null,
  },
  HS_CALL_STATE: {
    status: 409,
    text: 'the simulated call does not wait for this',
    when: 'Something is asked of a simulated call that cannot be done now: keys or words after its end, an answer while nobody is dialled.',
    fix: 'Look at what the call waits for (`call.waiting`), or at its transcript.',
    vendor: null,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the user's making, or one that a user can do something about; `message` says which value was met. */
export class CodedError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CodedError';
  }
}
