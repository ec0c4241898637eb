import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '../outcomes/intake.ts';

const timeoutMs = 60_000;
const minWaitMs = 100;
const firstWaitMs = 1_000;
/** A service that asks for a longer wait is given up. */
const maxWaitMs = 60_000;
/** A batch is given up if there is no answer for this long. */
const maxOutageMs = 300_000;

/** Where outcomes are sent. */
export type Address = {
  /** That of `POST /outcomes`. */
  readonly endpoint: URL;
  /** Sent as the bearer token, to this address and no other. */
  readonly token?: string | undefined;
  /** For advice in error messages: the options of the command for the service's address and its token. */
  readonly options: { readonly url: string; readonly token: string };
  /** Stops sending; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
};

/** An address to which requests are repeated. */
export type Service = Address & {
  readonly signal: AbortSignal;
  /** Told in one line why a batch has to be sent again. */
  readonly onWait: (message: string) => void;
};

/** The address of `POST /outcomes` below that of a service. */
export function outcomesEndpoint(base: URL): URL {
  return new URL('outcomes', base.href.endsWith('/') ? base : `${base.href}/`);
}

/** It cannot be sent now, but perhaps later. */
export class Unavailable extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Makes sure, before hours of work are done for it, that there is a service that accepts outcomes; it is sent none.
 *
 * @throws Error in one line that says what to change
 */
export async function requireService(service: Service): Promise<void> {
  try {
    await postOnce(service, '[]');
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    // whatever answers exists, and is waited for when there is something to send
    if (error.retryAfterMs === undefined) {
      throw new Error(`${error.message}: is the service running there? If not, give ${service.options.url}`);
    }
  }
}

/**
 * Sends a JSON array of outcomes until there is an answer: outcomes count once, however often they are sent.
 *
 * @throws Error in one line for a permanent failure, or if there is no answer for too long
 */
export async function post(service: Service, body: string): Promise<Receipt> {
  const deadlineMs = performance.now() + maxOutageMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, maxWaitMs)) {
    try {
      return await postOnce(service, body);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const { message, retryAfterMs = waitMs } = error;
      if (performance.now() > deadlineMs || retryAfterMs > maxWaitMs) {
        const asked = error.retryAfterMs === undefined ? '' : ` (try again in ${retryAfterMs / 1000} s)`;
        throw new Error(`${message}${asked}: giving up; run the command again later, nothing counts twice`);
      }
      if (waitMs === firstWaitMs) service.onWait(`${message}: trying again`);
      await delay(Math.max(retryAfterMs, minWaitMs), undefined, { signal: service.signal });
    }
  }
}

/**
 * Sends a JSON array of outcomes.
 *
 * @throws Unavailable if it may be accepted later, or Error in one line if the same request will always fail
 */
export async function postOnce(
  { endpoint, token, options, signal }: Address,
  body: string,
): Promise<Receipt> {
  signal?.throwIfAborted();
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'vigia-outcomes',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body,
      // the token is for this address only: a redirect may lead anywhere
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
    });
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    throw new Unavailable(`${endpoint}: no answer (${cause?.code ?? message})`);
  }
  const { status, headers } = response;
  const answer = parse(text);
  if ((status === 202 || status === 422) && isReceipt(answer)) return answer;
  const problem = `${endpoint}: status ${status}`;
  if (status >= 300 && status < 400) {
    const target = headers.get('location');
    throw new Error(
      `${problem}: redirects${target === null ? '' : ` to ${target}`}, which is not followed: give that address with ${options.url}`,
    );
  }
  const detail = typeof answer?.detail === 'string' ? `${problem}: ${answer.detail}` : problem;
  if (status >= 500 || status === 408 || status === 429) throw new Unavailable(detail, retryAfterOf(headers));
  const hints: Readonly<Record<number, string>> = {
    401: `give the token with ${options.token}`,
    404: 'outcomes are accepted on the admin listener, and on the public API if OUTCOMES_TOKEN_FILE is set',
  };
  const hint = status < 300 || status === 422 ? 'this is not a service that accepts outcomes' : hints[status];
  throw new Error(hint === undefined ? detail : `${detail}: ${hint}`);
}

/** Seconds, or a date. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isReceipt(
  answer: Readonly<Record<string, unknown>> | undefined,
): answer is Receipt & Record<string, unknown> {
  if (answer === undefined) return false;
  const { accepted, duplicate, expired, invalid } = answer;
  return [accepted, duplicate, expired].every(Number.isSafeInteger) && Array.isArray(invalid);
}
