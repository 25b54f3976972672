/** `POST /api/signature/explain`: of a request that was recorded, or that is given by hand. */
import { CodedError } from '../errors';
import { explainRequest } from '../gateway/explain-request';
import { createOrigin } from '../gateway/origin';
import { questionOfUrl, type SignatureQuestion } from '../gateway/signature-question';
import type { Kept } from '../records/records';
import { bytesOf } from '../records/view';
import type { ExplainRequest, SignatureExplanation } from './api';
import type { AdminParts } from './parts';
import { bad, headersOf, objectOf, textOf } from './request-body';

export function readExplainRequest(value: unknown): ExplainRequest {
  const members = objectOf(value);
  if (members.id !== undefined) return { id: textOf(members, 'id') };
  return {
    method: textOf(members, 'method'),
    url: textOf(members, 'url'),
    headers: headersOf(members.headers),
    body: textOf(members, 'body'),
  };
}

/** The secrets of the project are hidden in it, as everywhere. Throws `CodedError`. */
export async function explainSignature(
  { gateway, redactor }: Pick<AdminParts, 'gateway' | 'redactor'>,
  request: ExplainRequest,
  find: (id: string) => Kept,
): Promise<SignatureExplanation> {
  const { build, publicUrl, trustProxy } = gateway;
  const question = 'id' in request ? questionOf(find(request.id)) : questionByHand(request, publicUrl);
  const explanation = await explainRequest(question, {
    token: build.authToken,
    origin: createOrigin(publicUrl, trustProxy),
    hasPublicUrl: publicUrl !== null,
    variables: build.variables,
  });
  return {
    ...explanation,
    signedString: redactor.text(explanation.signedString),
    tried: explanation.tried.map((form) => ({ ...form, url: redactor.text(form.url) })),
    lines: explanation.lines.map((line) => redactor.text(line)),
  };
}

/** As it came: what is shown of it would give another signature wherever something is hidden. */
function questionOf({ record }: Kept): SignatureQuestion {
  const { traffic } = record;
  if (traffic === null) throw new CodedError('HS_NO_RECORD', 'nothing is known of its request');
  const { requestHeaders, requestBody, remoteAddress } = traffic;
  const headers: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < requestHeaders.length; at += 2) {
    headers.push([requestHeaders[at] ?? '', requestHeaders[at + 1] ?? '']);
  }
  return {
    method: record.method,
    target: record.target,
    headers,
    body: requestBody === null ? Buffer.alloc(0) : bytesOf(requestBody),
    bodyIsCut: requestBody !== null && requestBody.content.length < requestBody.bytes,
    remoteAddress: remoteAddress ?? undefined,
    calledUrl: null,
  };
}

function questionByHand(
  request: Exclude<ExplainRequest, { readonly id: string }>,
  publicUrl: URL | null,
): SignatureQuestion {
  if (!URL.canParse(request.url)) throw bad('url has to be a whole URL');
  return questionOfUrl(request, publicUrl);
}
