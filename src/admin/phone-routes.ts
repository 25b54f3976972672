/** The rows of the admin API that are about the phone; see `phone-api.ts`. */
import type { Phone } from './phone';
import { readCallInput, readStartCall, readStartThread, readText } from './phone-request';
import { readJson } from './request-body';
import { type ApiRow, json, row } from './route';

export function phoneRows(phone: Phone): readonly ApiRow[] {
  return [
    row('GET', /^\/api\/phone$/, async () => json(phone.state)),
    row('POST', /^\/api\/phone\/threads$/, async ({ req }) =>
      json(phone.startThread(readStartThread(await readJson(req)))),
    ),
    row('POST', /^\/api\/phone\/threads\/([^/]+)\/texts$/, async ({ id, req }) =>
      json(phone.send(id, readText(await readJson(req)))),
    ),
    row('POST', /^\/api\/phone\/calls$/, async ({ req }) =>
      json(phone.startCall(readStartCall(await readJson(req)))),
    ),
    row('POST', /^\/api\/phone\/calls\/([^/]+)\/input$/, async ({ id, req }) =>
      json(phone.input(id, readCallInput(await readJson(req)))),
    ),
    row('DELETE', /^\/api\/phone\/([^/]+)$/, async ({ id }) => {
      phone.forget(id);
      return { kind: 'nothing' };
    }),
  ];
}
