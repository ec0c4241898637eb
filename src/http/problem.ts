/** Every kind of error that the API returns; `type` is `urn:vigia:problem:` and the key. Keys are stable. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-header': { status: 400, title: 'A header of the request cannot be used' },
  'invalid-query': { status: 400, title: 'The query of the request cannot be used' },
  'malformed-request': { status: 400, title: 'The request is not valid HTTP' },
  unauthorized: { status: 401, title: 'A valid bearer token is needed' },
  'not-found': { status: 404, title: 'There is nothing at this path' },
  'watched-only': { status: 409, title: 'This model does not predict here' },
  'method-not-allowed': { status: 405, title: 'This path does not support this method' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has an unsupported media type' },
  'misdirected-request': { status: 421, title: 'The service does not answer to this host name' },
  'invalid-input': { status: 422, title: 'The input does not match the model' },
  'invalid-outcome': { status: 422, title: 'No outcome was accepted' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  'client-closed-request': { status: 499, title: 'The client went away' },
  internal: { status: 500, title: 'Something went wrong here' },
  'transfer-coding-not-supported': { status: 501, title: 'This transfer coding is not supported' },
  'model-failed': { status: 502, title: 'The model could not predict' },
  overloaded: { status: 503, title: 'The service is overloaded' },
  'model-busy': { status: 503, title: 'The model is overloaded' },
  unavailable: { status: 503, title: 'The service cannot do this now' },
  'model-timeout': { status: 504, title: 'The model took too long' },
  'http-version-not-supported': { status: 505, title: 'This version of HTTP is not supported' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKey = keyof typeof problems;

/**
 * An error that is returned as a problem document (RFC 9457). Its message is the document's title: the instrumentation
 * records it in the request's span, which must not contain what the `detail` tells the caller.
 */
export class Problem extends Error {
  readonly key: ProblemKey;
  readonly detail: string;
  /** Further members of the document. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    key: ProblemKey,
    detail: string,
    {
      members = {},
      headers = {},
    }: { members?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(problems[key].title);
    this.key = key;
    this.detail = detail;
    this.members = members;
    this.headers = headers;
  }

  get status(): number {
    return problems[this.key].status;
  }
}

export const problemMediaType = 'application/problem+json';

/**
 * The problem document's JSON text. Under `/v2` it also has the member `error`, in which the Open Inference Protocol
 * reports errors.
 *
 * @param url of the request, as far as it is known
 */
export function problemText(
  problem: Problem,
  {
    requestId,
    url = '',
  }: { readonly requestId?: string | undefined; readonly url?: string | undefined } = {},
): string {
  const { status, title } = problems[problem.key];
  return JSON.stringify({
    type: `urn:vigia:problem:${problem.key}`,
    title,
    status,
    detail: problem.detail,
    ...(isV2(url) && { error: problem.detail }),
    ...(requestId !== undefined && { requestId }),
    ...problem.members,
  });
}

/** Whether a request is one of the Open Inference Protocol V2. */
export function isV2(url: string): boolean {
  return url.startsWith('/v2') && /^\/v2(?:[/?]|$)/.test(url);
}
