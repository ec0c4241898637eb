import { STATUS_CODES } from 'node:http';
import type { Answer } from './send-requests.ts';

const smallestMs = 0.01;
const growth = 1.02;

/** The results of the requests so far, in constant memory: quantiles are accurate to 2 %. */
export type Tally = {
  add(answer: Answer): void;
  readonly answered: number;
  /** Requests with no answer at all. */
  readonly failed: number;
  /** Answers by status, and failures by their code, most frequent first. */
  outcomes(): { readonly name: string; readonly count: number }[];
  /** The latency in milliseconds that a share of the answers did not exceed; NaN while there are none. */
  latencyMs(share: number): number;
};

export function createTally(): Tally {
  const outcomes = new Map<string, number>();
  const latencies: number[] = [];
  let answered = 0;
  let failed = 0;
  return {
    add({ status, failure, latencyMs }) {
      const name = status === null ? failure : `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
      if (status === null) {
        failed += 1;
        return;
      }
      answered += 1;
      const bucket = Math.max(0, Math.ceil(Math.log(latencyMs / smallestMs) / Math.log(growth)));
      latencies[bucket] = (latencies[bucket] ?? 0) + 1;
    },
    get answered() {
      return answered;
    },
    get failed() {
      return failed;
    },
    outcomes: () => [...outcomes].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    latencyMs(share) {
      let rest = share * answered;
      const bucket = latencies.findIndex((count) => {
        rest -= count ?? 0;
        return count > 0 && rest <= 0;
      });
      return bucket < 0 ? Number.NaN : smallestMs * growth ** bucket;
    },
  };
}
