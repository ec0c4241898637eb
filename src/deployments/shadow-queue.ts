import { setImmediate as nextTurn } from 'node:timers/promises';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Row } from '../model/row.ts';
import { recordRefusal } from '../monitor/model-counts.ts';
import type { DropReason } from '../monitor/model-pair.ts';
import type { Prediction } from '../predictors/predictor.ts';
import type { Deployment } from './deployment.ts';

/** A row that the champion has scored. */
export type FollowedRow = {
  readonly row: Row;
  readonly champion: Deployment;
  /** The id of the champion's prediction, if it has one, and whether its sample was stored. */
  readonly id: string | undefined;
  readonly isKept: boolean;
  readonly predictedClass: number;
  readonly timeMs: number;
  readonly traceId: string | undefined;
};

export type ShadowQueue = {
  add(followed: FollowedRow): void;
  /** Resolves once no row waits or is being scored. */
  idle(): Promise<void>;
  /** Stops scoring. @returns how many rows are left unscored */
  close(): number;
};

/** The maximum number of rows waiting for one shadow: the largest batch of observations, in some 10 MB. */
const maxWaiting = 10_000;
/** A shadow that answers asynchronously gets this many rows per call. */
const maxRows = 50;
/** The longest time spent in one turn of the event loop, unless a single row takes longer. */
const sliceMs = 4;

/**
 * Scores rows with one shadow, after the answers to them have been written, in slices between turns of the event loop.
 *
 * @param shadow returns the version that scores now; rows are dropped while there is none with the champion's classes
 * @param score calls it, and like a predictor answers synchronously or with a promise
 * @param onScored called for each row that was scored
 * @param onFailure called for each failure
 * @param onDropped called for rows that were dropped: whose they are, why, and how many
 */
export function createShadowQueue(options: {
  readonly shadow: (champion: Deployment) => Deployment | undefined;
  readonly score: (
    shadow: Deployment,
    rows: readonly Row[],
  ) => readonly Prediction[] | Promise<readonly Prediction[]>;
  readonly onScored: (
    shadow: Deployment,
    row: Row,
    scored: Prediction,
    followed: FollowedRow,
    startedMs: number,
  ) => void;
  readonly onFailure: (shadow: Deployment, error: Error) => void;
  readonly onDropped: (champion: Deployment, reason: DropReason, rows: number) => void;
}): ShadowQueue {
  const { shadow: shadowOf, score, onScored, onFailure, onDropped } = options;
  /**
   * The rows that are taken next, and those that arrived after them: shifting a long list for each row would be slow.
   */
  let [next, waiting]: FollowedRow[][] = [[], []];
  let taken = 0;
  let beingScored = 0;
  let running: Promise<void> | undefined;
  let answersLater = false;
  let isClosed = false;
  const left = () => next.length - taken + waiting.length;

  async function run(): Promise<void> {
    // the answers are written at the end of the first turn
    await nextTurn();
    while (left() > 0 && !isClosed) {
      await nextTurn();
      const endMs = performance.now() + sliceMs;
      do {
        const some = take(answersLater ? maxRows : 1);
        beingScored = some.length;
        const later = scoreSome(some);
        answersLater = later !== undefined;
        if (later) await later;
        beingScored = 0;
      } while (left() > 0 && !isClosed && performance.now() < endMs);
    }
    running = undefined;
  }

  /** The next rows, all of one champion: it may have been replaced while some rows were waiting. */
  function take(count: number): readonly FollowedRow[] {
    if (taken === next.length) {
      [next, waiting] = [waiting, []];
      taken = 0;
    }
    const some = next.slice(taken, taken + count);
    const others = some.findIndex(({ champion }) => champion !== some[0].champion);
    if (others > 0) some.length = others;
    taken += some.length;
    return some;
  }

  function scoreSome(some: readonly FollowedRow[]): Promise<void> | undefined {
    const { champion } = some[0];
    const shadow = shadowOf(champion);
    if (shadow === undefined) {
      onDropped(champion, 'other_classes', some.length);
      return undefined;
    }
    const fitting = some.flatMap((followed) => {
      const row = takeOwn(shadow, followed.row);
      return row === undefined ? [] : { row, followed };
    });
    if (fitting.length === 0) return undefined;
    const startedMs = performance.now();
    const fail = (error: unknown, rows = fitting.length) => {
      onDropped(champion, 'failed', rows);
      onFailure(shadow, error as Error);
    };
    const tell = (scored: readonly Prediction[]) => {
      if (isClosed) return;
      for (const [i, { row, followed }] of fitting.entries()) {
        try {
          onScored(shadow, row, scored[i], followed, startedMs);
        } catch (error) {
          fail(error, 1);
        }
      }
    };
    try {
      const scored = score(
        shadow,
        fitting.map(({ row }) => row),
      );
      if (scored instanceof Promise) return scored.then(tell).catch(fail);
      tell(scored);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  return {
    add(followed) {
      if (left() >= maxWaiting) {
        onDropped(followed.champion, 'queue_full', 1);
        return;
      }
      waiting.push(followed);
      // outside the trace of this request, to which the calls for all rows arriving in the meantime would be added
      running ??= context.with(ROOT_CONTEXT, run);
    },
    async idle() {
      while (running) await running;
    },
    close() {
      isClosed = true;
      return left() + beingScored;
    },
  };
}

/**
 * The row as the shadow accepts it: without features that only the champion has. A row that it refuses is counted as
 * refused.
 */
function takeOwn({ artifact, validate, counts }: Deployment, row: Row): Row | undefined {
  if (validate(row) === null) return row;
  const own = Object.fromEntries(
    artifact.features.filter(({ name }) => Object.hasOwn(row, name)).map(({ name }) => [name, row[name]]),
  );
  const faults = validate(own);
  if (faults === null) return own;
  recordRefusal(counts, faults.counts);
  return undefined;
}
