import assert from 'node:assert/strict';
import { loadArtifact } from '../../src/model/artifact.ts';
import { type Connection, openConnection, predictRequest } from './connection.ts';
import { scorerOf } from './model-parts.ts';
import { root, seriesValue, type TestService } from './service.ts';

const artifact = await loadArtifact(`${root}models/credit.json`);
const score = scorerOf(artifact);

/** Inputs of every kind that the model knows, with the correct answers. */
const inputs = [19, 25, 33, 47, 60, 75].flatMap((age) =>
  [300, 1500, 4000, 15_000].flatMap((limit) =>
    ['none', 'paid', 'good', 'critical', 'never seen'].map((history) => {
      const row = { age, limit, history };
      const expected = score(row);
      const { positive, negative } = artifact.output;
      return {
        body: JSON.stringify(row),
        score: expected,
        prediction: expected >= artifact.output.threshold.value ? positive : negative,
      };
    }),
  ),
);

const maxRequests = 3_000_000;

export type LoadOptions = {
  /** Concurrent requests, each on its own persistent connection. */
  readonly workers?: number;
  /** When to stop: after a number of requests or a time, whichever comes first; `stop` may be called earlier. */
  readonly count?: number;
  readonly durationMs?: number;
  /** Further headers of the n-th request. */
  readonly headers?: (n: number) => Record<string, string>;
  /** A body to send instead of the usual ones; its answers are counted, but not checked. */
  readonly body?: string;
  /** Called with the id of every prediction as soon as its answer is complete. */
  readonly onPrediction?: (id: string) => void;
};

export type LoadResult = {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly answers: number;
  /** Requests that got no answer, by the code of their error. */
  readonly errors: Readonly<Record<string, number>>;
  /** The first few answers with status 200 that differ from the model's prediction. */
  readonly wrong: readonly string[];
  readonly durationMs: number;
};

export type Load = {
  readonly answers: number;
  /** Stops sending, and waits for requests in flight. */
  stop(): Promise<LoadResult>;
  /** Resolves at the end that the options set. */
  readonly done: Promise<LoadResult>;
};

/** Keeps a service busy with concurrent predictions, one per worker, and checks every answer. */
export function startLoad(api: string, options: LoadOptions = {}): Load {
  const { workers = 8, count = maxRequests, durationMs = 60_000 } = options;
  const statuses: Record<number, number> = {};
  const errors: Record<string, number> = {};
  const wrong: string[] = [];
  const startedMs = performance.now();
  let sent = 0;
  let answers = 0;
  let isStopped = false;

  function check(status: number, text: string, input: (typeof inputs)[number]): void {
    if (status !== 200) return;
    const answer = JSON.parse(text);
    const isRight = answer.score === input.score && answer.prediction === input.prediction;
    if (!isRight && options.body === undefined && wrong.length < 5) wrong.push(`${input.body}: ${text}`);
    options.onPrediction?.(answer.id);
  }

  async function send(connection: Connection): Promise<void> {
    const n = sent++;
    const input = inputs[n % inputs.length];
    const headers = options.headers?.(n);
    const { status, text } = await connection.send(predictRequest(options.body ?? input.body, headers));
    statuses[status] = (statuses[status] ?? 0) + 1;
    answers++;
    check(status, text, input);
  }

  async function work(): Promise<void> {
    const connection = openConnection(api);
    while (!isStopped && sent < count && performance.now() - startedMs < durationMs) {
      try {
        await send(connection);
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException;
        errors[code] = (errors[code] ?? 0) + 1;
        // no tight loop of requests to a service that is gone
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    connection.close();
  }

  const done = Promise.all(Array.from({ length: workers }, work)).then(() => ({
    statuses,
    answers,
    errors,
    wrong,
    durationMs: performance.now() - startedMs,
  }));
  return {
    get answers() {
      return answers;
    },
    done,
    stop() {
      isStopped = true;
      return done;
    },
  };
}

/** Asserts that every answer of a load was a prediction, and the correct one. */
export function assertAllRight({ statuses, errors, wrong, answers }: LoadResult): void {
  assert.deepEqual({ statuses, errors, wrong }, { statuses: { 200: answers }, errors: {}, wrong: [] });
}

/** The text of a scrape, as Prometheus gets it. */
export async function scrape({ admin }: Pick<TestService, 'admin'>): Promise<string> {
  return (await fetch(`${admin}/metrics`)).text();
}

/** One series of a fresh scrape. */
export async function metric(
  service: Pick<TestService, 'admin'>,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  return seriesValue(await scrape(service), name, labels) ?? Number.NaN;
}
