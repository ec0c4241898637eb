import type { Exposition, Forget, History, Operation, Predict, Report, Scrape } from './history.ts';
import { createRecorder } from './recorder.ts';

const series = (outcome: string) =>
  `model_outcomes_total{model="m",version="1",score_bin="10 (0.2, 0.22]",prediction="good",outcome="${outcome}"}`;

export function exposition(startTime: number, good: number): Exposition {
  return {
    startTime,
    counters: new Map([
      [series('good'), good],
      [series('bad'), 0],
    ]),
  };
}

/** A history that keeps every promise, written by hand: each operation takes 10 ms, and is 10 s after the one before. */
export function createSmallHistory() {
  const operations: Operation[] = [];
  const samples: string[] = [];
  const outcomes: string[] = [];
  const recorder = createRecorder();
  const done = <One extends Operation>(operation: One): One => {
    const begunMs = 10_000 * operations.length;
    const timed = Object.assign(operation, { begunMs, endedMs: begunMs + 10 });
    operations.push(timed);
    return timed;
  };
  const score = 0.21;
  const steps = {
    start: (process: string) => done(recorder.begin<'start'>({ kind: 'start', step: 1, process })),
    predict(process: string, id: string): Predict {
      samples.push(JSON.stringify({ id, score }));
      const expected = { score, prediction: 'good' };
      const begun = recorder.begin<'predict'>({ kind: 'predict', step: 1, process, expected });
      return done(Object.assign(begun, { answer: { status: 200, id, ...expected } }));
    },
    report(
      process: string,
      ids: readonly string[],
      receipt: Partial<Report['answer'] & object>['receipt'] | 'none',
    ): Report {
      const sent = ids.map((id) => ({ id, outcome: 'good' }));
      const begun = recorder.begin<'report'>({ kind: 'report', step: 1, process, outcomes: sent });
      return done(
        receipt === 'none' || receipt === undefined
          ? Object.assign(begun, { error: 'ECONNRESET' })
          : Object.assign(begun, { answer: { status: 202, receipt } }),
      );
    },
    keep(...ids: readonly string[]): void {
      outcomes.push(...ids.map((id) => JSON.stringify({ id, outcome: 'good', score })));
    },
    scrape(process: string, good: number | undefined): Scrape {
      const begun = recorder.begin<'scrape'>({ kind: 'scrape', step: 1, process });
      if (good === undefined) return done(Object.assign(begun, { error: 'ECONNRESET' }));
      const startTime = 1000 + Number(process.slice(1));
      return done(Object.assign(begun, { answer: { status: 200, exposition: exposition(startTime, good) } }));
    },
    end(process: string, signal: 'SIGKILL' | 'SIGTERM') {
      const begun = recorder.begin<'end'>({ kind: 'end', step: 1, process, signal });
      return done(Object.assign(begun, { code: signal === 'SIGTERM' ? 0 : null }));
    },
    forget(id: string, deleted: number): Forget {
      const begun = recorder.begin<'forget'>({ kind: 'forget', step: 1, ids: [id] });
      return done(Object.assign(begun, { answer: { code: 0, deleted } }));
    },
    fault(what: 'disk' | 'clock' | 'store', state: string) {
      return done(recorder.begin<'fault'>({ kind: 'fault', step: 1, what, state }));
    },
  };
  return {
    ...steps,
    operations,
    samples,
    outcomes,
    get history(): History {
      const text = (lines: readonly string[]) =>
        new Map([['file', lines.map((line) => `${line}\n`).join('')]]);
      return { operations, samples: text(samples), outcomes: text(outcomes), hasStore: false };
    },
  };
}

export const receipt = (accepted: number, duplicate = 0, expired = 0) => ({
  accepted,
  duplicate,
  expired,
  invalid: [],
});
