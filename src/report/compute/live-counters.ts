import { redacted } from '../../model/disclosure.ts';
import { ownValue } from '../../model/row.ts';
import { dayMs } from '../../times/day.ts';
import type { Row } from '../read/rows.ts';
import type { DriftReference } from './drift-reference.ts';
import { createLiveVariable } from './live-variable.ts';
import { createTimeline } from './timeline.ts';

const minuteMs = 60_000;
const overTimeSteps = [1, 5, 15, 60, 180, 360, 720]
  .map((minutes) => minutes * minuteMs)
  .concat([1, 7, 28, 364].map((days) => days * dayMs));
const maxOverTimeSteps = 60;
/** Longer steps are no days: with those nothing is said of slow drift. */
const daySteps = [1, 7].map((days) => days * dayMs);
const replaySteps = [minuteMs / 2, minuteMs, 5 * minuteMs];
/** Counters that a replay, or the days, may hold before their steps are made longer; 4 bytes each. */
const maxCells = 8_000_000;

/** What is counted of live rows, one after the other. */
export type LiveCounters = ReturnType<typeof createLiveCounters>;

/**
 * Makes the counters of all variables.
 *
 * @param backtest whether to count in short steps of time too
 * @param isModels whether the categories of the reference are the model's
 */
export function createLiveCounters(
  reference: DriftReference,
  { backtest, isModels }: { readonly backtest: boolean; readonly isModels: boolean },
) {
  const features = reference.features.map((feature) => createLiveVariable(feature, isModels));
  const score = reference.score && createLiveVariable(reference.score, isModels);
  const offsets: number[] = [];
  let cells = 0;
  for (const { counts } of score === null ? features : [...features, score]) {
    offsets.push(cells);
    cells += counts.length;
  }
  const overTime = createTimeline(cells, overTimeSteps, maxOverTimeSteps);
  const byDay = createTimeline(cells, daySteps, Math.ceil(maxCells / Math.max(1, cells)));
  // After the bins of all variables one more cell a feature, for its values outside the range.
  const replayed = cells + features.length;
  const replay = backtest ? createTimeline(replayed, replaySteps, Math.ceil(maxCells / replayed)) : null;
  /** The cell of the present row for each variable, then that of its value outside the range; −1 for none. */
  const allCells = new Int32Array(offsets.length + features.length).fill(-1);
  const rowCells = allCells.subarray(0, offsets.length);

  return {
    features,
    score,
    overTime,
    byDay,
    replay,
    /** @returns false when the row has bins and they are of another cut */
    countFeatures({ values, bins, outside }: Row): boolean {
      let known = true;
      for (let i = 0; i < features.length; i++) {
        const feature = features[i];
        const outsideBefore = feature.below + feature.above;
        let bin = -1;
        if (values !== null) bin = feature.observe(values[i]);
        else if (bins !== null) {
          const { name } = feature.reference;
          const label = ownValue(bins, name);
          if (label === redacted) feature.observe(undefined);
          else {
            bin = feature.observeBin(label, ownValue(outside, name));
            known &&= bin >= 0;
          }
        }
        rowCells[i] = bin < 0 ? -1 : offsets[i] + bin;
        allCells[offsets.length + i] = feature.below + feature.above > outsideBefore ? cells + i : -1;
      }
      return known;
    },
    countScore(value: number | null): void {
      if (score === null) return;
      rowCells[features.length] = value === null ? -1 : offsets[features.length] + score.observe(value);
    },
    countTime(timeMs: number): void {
      overTime.add(timeMs, rowCells);
      byDay.add(timeMs, rowCells);
      replay?.add(timeMs, allCells);
    },
  };
}
