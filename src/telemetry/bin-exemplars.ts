import type { Disclosure } from '../model/disclosure.ts';
import type { Monitor, Observation } from '../monitor/monitor.ts';
import { numericBinIndex } from '../stats/binning.ts';
import { createExemplars, type Exemplars } from './exemplars.ts';

/** The last traced row in each bin of a model's features and of its score. */
export type BinExemplars = {
  /** Keeps a row's trace for each of its bins. */
  note(observation: Observation, score: number, traceId: string, timeMs: number): void;
  /** By the places of the bins in the monitor's `totals`; the value of a feature's is the 1 that it adds to the count. */
  readonly ofCounts: Exemplars['recent'];
  /** The same for the score alone: the value is the score. */
  readonly ofScores: Exemplars['recent'];
};

/**
 * Makes the store of a model's exemplars. An exemplar tells of a single row in which bins its values lie, so there are
 * none for sensitive features, and none for the score if it may not appear next to the others (see `Disclosure`).
 */
export function createBinExemplars(
  { variables, totals }: Pick<Monitor, 'variables' | 'totals'>,
  { isWithheld, tellsScore }: Pick<Disclosure, 'isWithheld' | 'tellsScore'>,
  now?: () => number,
): BinExemplars {
  const counts = createExemplars(totals.length, now);
  const scores = createExemplars(totals.length, now);
  const score = variables[variables.length - 1];
  const scoreEdges = score.bins.kind === 'numeric' ? score.bins.edges : [];
  const told = variables
    .slice(0, -1)
    .flatMap(({ name, offset }, i) => (isWithheld(name) ? [] : [{ offset, i }]));
  return {
    note({ bins }, value, traceId, timeMs) {
      const counted = { traceId, value: 1, timeMs };
      for (const { offset, i } of told) counts.note(offset + bins[i], counted);
      if (!tellsScore) return;
      const place = score.offset + numericBinIndex(scoreEdges, value);
      counts.note(place, counted);
      scores.note(place, { traceId, value, timeMs });
    },
    ofCounts: counts.recent,
    ofScores: scores.recent,
  };
}
