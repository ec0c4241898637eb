import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SpanContext } from '@opentelemetry/api';
import type { Call } from '../predictors/predictor.ts';
import type { CallerTrace } from '../telemetry/propagation.ts';

/**
 * What a predictor learns about the request that it answers. The signal is created on demand, so a request that is
 * answered synchronously does without. It is aborted if the connection closes before the answer; a client that has only
 * ended its own side may still read.
 */
export class CallOfRequest implements Call {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #callerTrace: CallerTrace;
  #signal: AbortSignal | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, callerTrace: CallerTrace) {
    this.#request = request;
    this.#response = response;
    this.#callerTrace = callerTrace;
  }

  get callerTrace(): SpanContext | undefined {
    return this.#callerTrace(this.#request.headers);
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      const response = this.#response;
      response.once('close', () => {
        if (!response.writableFinished) controller.abort();
      });
      if (response.destroyed) controller.abort();
      this.#signal = controller.signal;
    }
    return this.#signal;
  }
}
