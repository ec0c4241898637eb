import type { ServerResponse } from 'node:http';

/**
 * What a predictor is told of the request that it answers. The signal is made when it is asked for, so that a request that
 * is answered at once does without. It is aborted when the connection is gone before the answer; a client that has only
 * ended its own side may still read.
 */
export class CallOfRequest {
  readonly #response: ServerResponse;
  #signal: AbortSignal | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
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
