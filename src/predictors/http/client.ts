// default imports, because instrumentation patches those
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type Context, context, propagation, type SpanContext, trace } from '@opentelemetry/api';
import { findJsonFault } from '../../text/json-fault.ts';
import { abortedCall, type Call, PredictorFailure } from '../predictor.ts';
import { createUnderWay } from '../under-way.ts';
import type { Headers } from './headers.ts';

/** Limits on the requests to a server. */
export type ClientSettings = {
  readonly url: string;
  /** From the start of the request to the end of the answer. */
  readonly timeoutMs: number;
  /** The maximum number of concurrent requests; there is no queue. */
  readonly maxInFlight: number;
  /** Such as a header that authenticates the caller. */
  readonly headers: Headers;
};

export type HttpClient = {
  /**
   * Sends a JSON text and reads the JSON answer. The trace context of the active span is sent along, or otherwise the
   * caller's.
   *
   * @param maxBytes the maximum size of the answer
   * @returns a promise that rejects with a PredictorFailure
   */
  post(body: string, maxBytes: number, call?: Call): Promise<unknown>;
  /** How many more requests may begin now. */
  free(): number;
  /** Lets requests in flight finish, then closes all connections. */
  close(): Promise<void>;
};

/** The server may close a kept connection just as it is reused: then another one is tried. */
const closedWhenReused = new Set(['ECONNRESET', 'EPIPE']);

/** Statuses that mean that the credentials are missing, wrong or expired. */
const unknownStatuses = new Set([401, 403]);

/** Statuses that mean that the server is overloaded. */
const busyStatuses = new Set([429, 503]);

/**
 * Makes the client of one address. It keeps connections open, and never exceeds the maximum number of concurrent
 * requests.
 */
export function createHttpClient({ url, timeoutMs, maxInFlight, headers }: ClientSettings): HttpClient {
  const address = new URL(url);
  const { Agent, request: open } = address.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight, scheduling: 'lifo' });
  const inFlight = createUnderWay();

  function send({ body, maxBytes, signal, callerTrace }: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const all = {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...headers.current(),
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      };
      propagation.inject(contextOf(callerTrace), all);
      const request = open(address, { method: 'POST', agent, headers: all, signal });
      request.on('response', (response) => readAnswer(response, maxBytes).then(resolve, reject));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = request.reusedSocket && closedWhenReused.has(error.code ?? '');
        reject(isStale ? new StaleConnection() : error);
      });
      request.end(body);
    });
  }

  /** Tries another connection as long as the one in use turns out to be closed. */
  async function sendSafely(request: Request): Promise<Answer> {
    for (;;) {
      try {
        return await send(request);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
      }
    }
  }

  async function ask(body: string, maxBytes: number, call: Call | undefined): Promise<unknown> {
    const signal = call?.signal;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const request = {
        body,
        maxBytes,
        signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
        callerTrace: call?.callerTrace,
      };
      let answer = await sendSafely(request);
      if (unknownStatuses.has(answer.status) && (await headers.renew())) {
        answer = await sendSafely(request);
      }
      return parseAnswer(answer);
    } catch (error) {
      if (error instanceof PredictorFailure) throw error;
      if (signal?.aborted) throw abortedCall();
      throw timeout.signal.aborted
        ? new PredictorFailure('timeout', `the model's server did not answer within ${timeoutMs} ms`)
        : unreachable(error as NodeJS.ErrnoException);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async post(body, maxBytes, call) {
      if (inFlight.count >= maxInFlight) {
        throw new PredictorFailure(
          'busy',
          `${maxInFlight} requests to the model's server are already in progress`,
        );
      }
      return inFlight.during(() => ask(body, maxBytes, call));
    },
    free: () => maxInFlight - inFlight.count,
    async close() {
      await inFlight.idle();
      agent.destroy();
    },
  };
}

/** One request on its way. */
type Request = {
  readonly body: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly callerTrace: SpanContext | undefined;
};

/** The active context, or the caller's trace if it has none. */
function contextOf(callerTrace: SpanContext | undefined): Context {
  const active = context.active();
  return callerTrace === undefined || trace.getSpan(active)
    ? active
    : trace.setSpanContext(active, callerTrace);
}

class StaleConnection extends Error {}

type Answer = { readonly status: number; readonly encoding: string | undefined; readonly text: string };

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    // leaving the loop closes the connection
    if (bytes > maxBytes) {
      throw new PredictorFailure('bad_answer', `the model's server answers with more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return {
    status: response.statusCode as number,
    encoding: response.headers['content-encoding'],
    // without the byte order mark that some servers write
    text: new TextDecoder().decode(Buffer.concat(chunks)),
  };
}

/** The server's error messages may contain parts of the row, so they are never passed on. */
function parseAnswer({ status, encoding = 'identity', text }: Answer): unknown {
  if (busyStatuses.has(status)) {
    throw new PredictorFailure('busy', `the model's server answers ${status}: it is overloaded`);
  }
  if (status < 200 || status > 299) {
    throw new PredictorFailure('refused', `the model's server answers ${status}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const reason =
      encoding === 'identity'
        ? findJsonFault(text)?.reason
        : `it has the content-encoding ${JSON.stringify(encoding)}, though "identity" was asked for`;
    throw new PredictorFailure('bad_answer', `the answer of the model's server is not JSON: ${reason}`);
  }
}

function unreachable({ code, message }: NodeJS.ErrnoException): PredictorFailure {
  return new PredictorFailure('unreachable', `the model's server cannot be reached: ${code ?? message}`);
}
