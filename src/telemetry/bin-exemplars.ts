import type { Disclosure } from '../model/disclosure.ts';
import type { Monitor, Observation } from '../monitor/monitor.ts';
import { numericBinIndex } from '../stats/binning.ts';
import { createExemplars, type Exemplars } from './exemplars.ts';

/** The last traced row in each bin of a model's features and of its score. */
export type BinExemplars = {
  /** Keeps a row's trace for each of its bins. */
  note(observation: Observation, score: number, traceId: string, timeMs: number): void;
  /** By the places of the bins in the monitor's `totals`; the value is the 1 that a row adds to the count. */
  readonly ofCounts: Exemplars['recent'];
  /** By the bins of the score; the value is the score. */
  readonly ofScores: Exemplars['recent'];
};

/**
 * Makes the store of a model's exemplars. An exemplar tells of a single row in which bins its values lie, so there are
 * none for sensitive features, and none for the score if it may not appear next to the others (see `Disclosure`).
 */
export function createBinExemplars(
  { variables }: Pick<Monitor, 'variables'>,
  { isWithheld, tellsScore }: Pick<Disclosure, 'isWithheld' | 'tellsScore'>,
  now?: () => number,
): BinExemplars {
  const score = variables[variables.length - 1];
  const counts = createExemplars(score.offset + score.size, now);
  const scores = createExemplars(score.size, now);
  const scoreEdges = score.bins.kind === 'numeric' ? score.bins.edges : [];
  const told = variables
    .slice(0, -1)
    .flatMap(({ name, offset }, i) => (isWithheld(name) ? [] : [{ offset, i }]));
  return {
    note({ bins }, value, traceId, timeMs) {
      const counted = { traceId, value: 1, timeMs };
      for (const { offset, i } of told) counts.note(offset + bins[i], counted);
      if (!tellsScore) return;
      const bin = numericBinIndex(scoreEdges, value);
      counts.note(score.offset + bin, counted);
      scores.note(bin, { traceId, value, timeMs });
    },
    ofCounts: counts.recent,
    ofScores: scores.recent,
  };
}
