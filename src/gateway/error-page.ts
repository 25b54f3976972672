/**
 * What a browser sees in development when a Function fails: what happened, where, and what to do. One self-contained
 * document: no scripts, nothing loaded, everything that is not ours escaped.
 */
import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { ERRORS, type ErrorCode } from '../errors';
import type { ConsoleLine } from '../model/invocation';
import { clip } from './clip';
import { findPlaces } from './source-place';

export interface ErrorPage {
  readonly status: number;
  readonly code: ErrorCode;
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly requestId: string;
  /** File of the Function relative to the project, or `null`. */
  readonly resource: string | null;
  /** Absolute path of the project; only source files inside of it are shown. */
  readonly root: string;
  /** The error of the Function, or `null` where there was none (a time limit, a crash). */
  readonly failure: { readonly name: string; readonly message: string; readonly stack: string | null } | null;
  /** Cause and remedy as in the log, or `null`. */
  readonly detail: string | null;
  readonly console: readonly ConsoleLine[];
}

const LINES_AROUND = 5;
const SHOWN_CONSOLE_LINES = 200;
const SHOWN_CHARACTERS = 20_000;
const SHOWN_LINE_CHARACTERS = 240;

const STYLE = `
:root{color-scheme:light dark;--back:#fbfbfd;--ink:#1c1e26;--soft:#667085;--card:#fff;--line:#e4e7ec;--mark:#fdecea;--red:#b42318;--amber:#b54708}
@media (prefers-color-scheme:dark){:root{--back:#12141a;--ink:#e6e8ee;--soft:#98a2b3;--card:#1b1e26;--line:#2d313c;--mark:#3a1d1d;--red:#ff8a80;--amber:#fdb022}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px 64px}
header p{margin:0;color:var(--soft)}
h1{margin:4px 0 8px;font-size:26px;line-height:1.25;overflow-wrap:anywhere;white-space:pre-wrap}
h2{margin:32px 0 8px;font-size:15px;color:var(--soft);font-weight:600}
.status{color:var(--red);font-weight:700}
pre,code{font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:0;padding:12px 0;background:var(--card);border:1px solid var(--line);border-radius:8px;overflow-x:auto}
pre span{display:block;padding:0 16px;min-height:1.6em;white-space:pre}
pre i{display:inline-block;width:4ch;margin-right:2ch;text-align:right;font-style:normal;color:var(--soft);user-select:none}
.here{background:var(--mark);box-shadow:inset 3px 0 var(--red)}
.warn{color:var(--amber)}
.error{color:var(--red)}
.foreign{color:var(--soft)}
.fix{padding:12px 16px;background:var(--card);border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin-top:32px;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
`;

/** Sent with the page: even if something were not escaped, nothing would run or be loaded. */
export const ERROR_PAGE_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Whether the client is a browser that shows a page: webhooks and scripts do not ask for HTML. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes('text/html') === true;
}

export function renderErrorPage(page: ErrorPage): string {
  const row = ERRORS[page.code];
  const title = titleOf(page);
  return [
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">',
    `<title>${page.status} ${escapeHtml(clip(title, SHOWN_LINE_CHARACTERS))}</title><style>${STYLE}</style></head><body><main>`,
    `<header><p><span class="status">${page.status}</span> <code>${page.code}</code></p>`,
    `<h1>${escapeHtml(clip(title, 2_000))}</h1>`,
    `<p>${escapeHtml(page.resource ?? page.method)} · ${escapeHtml(row.when)}</p></header>`,
    section('What to do', `<div class="fix">${escapeHtml(clip(adviceOf(page), SHOWN_CHARACTERS))}</div>`),
    renderSource(page),
    renderStack(page),
    renderConsole(page.console),
    `<footer>${escapeHtml(clip(`${page.method} ${page.target}`, 2_000))}<br>${escapeHtml(page.requestId)}<br>`,
    'Shown in development only; other clients get the answer that the vendor documents.</footer></main></body></html>\n',
  ].join('\n');
}

function titleOf({ failure, code }: ErrorPage): string {
  if (failure === null) return ERRORS[code].text;
  return failure.message === '' ? failure.name : `${failure.name}: ${failure.message}`;
}

function adviceOf({ code, detail }: ErrorPage): string {
  const { fix } = ERRORS[code];
  return detail === null || detail === '' || detail === fix ? fix : `${fix}\n${detail}`;
}

function section(title: string, body: string): string {
  return `<section><h2>${escapeHtml(title)}</h2>${body}</section>`;
}

// --- the author's source

function renderSource({ failure, root }: ErrorPage): string {
  const place = failure?.stack == null ? undefined : findPlaces(failure.stack, root, 1)[0];
  if (place === undefined) return '';
  const first = Math.max(1, place.line - LINES_AROUND);
  const shown = place.lines.slice(first - 1, place.line + LINES_AROUND);
  const rows = shown.map((text, at) => renderSourceLine(text, first + at, first + at === place.line));
  return section(`${place.name}:${place.line}`, `<pre>${rows.join('')}</pre>`);
}

function renderSourceLine(text: string, line: number, here: boolean): string {
  const className = here ? ' class="here"' : '';
  return `<span${className}><i>${line}</i>${escapeHtml(clip(text, SHOWN_LINE_CHARACTERS))}</span>`;
}

// --- stack and console

function renderStack({ failure, root }: ErrorPage): string {
  if (failure?.stack == null) return '';
  const lines = stripVTControlCharacters(clip(failure.stack, SHOWN_CHARACTERS)).split('\n');
  const rows = lines.map((line) => {
    const foreign = /^\s+at /.test(line) && (!line.includes(root) || line.includes('node_modules'));
    return `<span${foreign ? ' class="foreign"' : ''}>${escapeHtml(line)}</span>`;
  });
  return section('Stack', `<pre>${rows.join('')}</pre>`);
}

function renderConsole(lines: readonly ConsoleLine[]): string {
  if (lines.length === 0) return '';
  const hidden = lines.length - SHOWN_CONSOLE_LINES;
  const note = hidden > 0 ? `<span class="foreign">… ${hidden} earlier lines</span>` : '';
  const rows = lines.slice(-SHOWN_CONSOLE_LINES).map(({ level, text }) => {
    const shown = stripVTControlCharacters(clip(text, 2_000));
    return `<span class="${level}">${escapeHtml(shown)}</span>`;
  });
  return section('Console', `<pre>${note}${rows.join('')}</pre>`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
