import type { Reference } from '../model/reference.ts';
import { counterData, type MetricSource } from '../telemetry/metric-data.ts';
import { instrumentName } from '../telemetry/prometheus-names.ts';
import { watchFailures } from '../telemetry/watch-instruments.ts';
import { createPauses } from '../times/pauses.ts';

/** Rows that may wait to be counted; an answer that would exceed it is not counted. */
const maxWaiting = 100_000;

/** What a request was, besides its body. */
export type WatchedRequest = { readonly method: string /** Without the query. */; readonly path: string };

/** How the rows and scores of a program are found in its requests and answers. They are read once the answer has left. */
export type AnswerReaders<Sent, Answered> = {
  /**
   * The row that the model was given, or a list of rows; `undefined` if the request was not for this model.
   *
   * @param body of the request, as the framework parsed it
   */
  readonly row: (body: Sent, request: WatchedRequest) => object | readonly object[] | undefined;
  /**
   * The score, or as many as there are rows. Not called for answers of status 400 and above: of those with 400 and 422,
   * only what is wrong with the row is counted.
   *
   * @param body of the answer, before it became text if the framework knows it
   */
  readonly score: (body: Answered) => number | readonly number[];
  /** The predicted class, or as many as there are rows, where it does not follow from the score and the threshold. */
  readonly prediction?: (body: Answered) => unknown;
};

/** One request with its answer. */
export type Exchange = WatchedRequest & {
  readonly status: number;
  /** The parsed body of the request. */
  readonly sent: unknown;
  /** The body of the answer; `undefined` if the program gave none. One that is a stream is not read. */
  readonly answered: unknown;
};

/** Counts an exchange, after it is over. Never throws. */
export type AnswerCounter = (exchange: Exchange) => void;

type Batch = {
  readonly rows: readonly unknown[];
  /** Absent if the rows were refused. */
  readonly scores?: readonly unknown[];
  readonly predictions?: readonly unknown[] | undefined;
};

type FailureReason = 'row' | 'score' | 'prediction' | 'overload';

/** Makes what counts the answers of any framework. */
export function createAnswerCounter(
  { model, version }: Reference,
  {
    observe,
    checkRow,
  }: {
    readonly observe: (row: unknown, score: unknown, prediction?: unknown) => boolean;
    readonly checkRow: (row: unknown) => boolean;
  },
) {
  const failures = (['row', 'score', 'prediction', 'overload'] as const).map((reason) => ({
    reason,
    attributes: { model, version, reason },
    count: 0,
  }));
  const waiting: Batch[] = [];
  let waitingRows = 0;
  let isCounting = false;

  /** The first one of each kind is reported. */
  function fail(reason: FailureReason, why: string): void {
    const failure = failures.find((one) => one.reason === reason)!;
    if (failure.count++ > 0) return;
    process.emitWarning(
      `an answer of model ${model} is not counted: ${why}. Later ones are only counted, in ${instrumentName(watchFailures)}`,
      'VigiaWarning',
    );
  }

  /** In turns, so that a large batch delays no other request. */
  async function countWaiting(): Promise<void> {
    const pause = createPauses();
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const { rows, scores, predictions } = batch;
      for (let i = 0; i < rows.length; i++) {
        waitingRows--;
        try {
          if (scores === undefined) checkRow(rows[i]);
          else observe(rows[i], scores[i], predictions?.[i]);
        } catch (error) {
          // a row of the program's own making, such as an object with a getter
          fail('row', `its row cannot be read: ${textOf(error)}`);
        }
        const turn = pause();
        if (turn !== undefined) await turn;
      }
    }
    isCounting = false;
  }

  function enqueue(batch: Batch): void {
    if (waitingRows + batch.rows.length > maxWaiting) {
      fail('overload', `more than ${maxWaiting} rows are waiting to be counted`);
      return;
    }
    waitingRows += batch.rows.length;
    waiting.push(batch);
    if (isCounting) return;
    isCounting = true;
    void countWaiting();
  }

  return {
    /** Makes the function that counts answers as some program writes them. */
    reader<Sent, Answered>({ row, score, prediction }: AnswerReaders<Sent, Answered>): AnswerCounter {
      return ({ method, path, status, sent, answered }) => {
        const isRefusal = status === 400 || status === 422;
        if (isRefusal ? sent === undefined : status >= 400 || answered === undefined || isStream(answered))
          return;
        let reason: FailureReason = 'row';
        try {
          const given = row(sent as Sent, { method, path });
          if (given === undefined) return;
          const rows = listOf(given);
          if (isRefusal) return enqueue({ rows });
          const read = (of: FailureReason, value: unknown) => {
            const values = listOf(value);
            if (values.length === rows.length) return values;
            reason = of;
            throw new RangeError(`there are ${rows.length} rows and ${values.length} values`);
          };
          reason = 'score';
          const scores = read(reason, score(answered as Answered));
          reason = 'prediction';
          enqueue({
            rows,
            scores,
            predictions: prediction && read(reason, prediction(answered as Answered)),
          });
        } catch (error) {
          // what is refused may be anything, so that reading it may fail
          if (!isRefusal) fail(reason, `${reason}() failed: ${textOf(error)}`);
        }
      };
    },
    metrics: (() => [
      counterData(
        watchFailures,
        failures.map(({ attributes, count }) => ({ attributes, value: count })),
      ),
    ]) satisfies MetricSource,
  };
}

/** Whether a body exists only as it is sent: a stream, of Node or of the web, a Blob or a Response. */
function isStream(body: unknown): boolean {
  const methods = body as Record<string, unknown> | null;
  return ['pipe', 'getReader', 'arrayBuffer'].some((name) => typeof methods?.[name] === 'function');
}

/** What was thrown, which may be anything. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return `${typeof thrown} without a text`;
  }
}

/** @throws TypeError if it is a promise, whose own failure must not end the program */
function listOf(value: unknown): readonly unknown[] {
  if (value instanceof Promise) {
    value.catch(() => {});
    throw new TypeError('it returned a promise, and has to return its result');
  }
  return Array.isArray(value) ? value : [value];
}
