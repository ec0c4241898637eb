import { countBins } from '../src/stats/binning.ts';
import { driftRule, measureDrift, raisesAlert } from '../src/stats/drift.ts';
import { createRandom } from '../src/stats/random.ts';
import { normal } from './drift-populations.ts';
import { drawCounts } from './drift-segments.ts';
import { referenceOf } from './drift-windows.ts';

/** A fifth of the rows is one segment, whose normal variable moves by this many deviations. */
export const segmentShifts = [0.5, 1];
export const segmentPowerSizes = [1000, 5000].flatMap((referenceSamples) =>
  [1000, 5000, 25_000].map((samples) => ({ referenceSamples, samples })),
);
const segmentShare = 0.2;
const windowsEach = 10;

export type SegmentPowerJob = { readonly shift: number; readonly windows: number; readonly seed: number };

/** How often all rows together, and the segment alone, show it. The sizes are those of all rows. */
export type SegmentPower = {
  readonly referenceSamples: number;
  readonly samples: number;
  readonly windows: number;
  readonly whole: { readonly drifting: number; readonly alert: number };
  readonly segment: { readonly drifting: number; readonly alert: number };
};

export function findInSegment({ shift, windows, seed }: SegmentPowerJob): SegmentPower[] {
  const random = createRandom(seed);
  const before = normal();
  const after = normal(shift);
  const { segmentCeilingZ } = driftRule;
  return segmentPowerSizes.map(({ referenceSamples, samples }) => {
    const whole = { drifting: 0, alert: 0 };
    const segment = { drifting: 0, alert: 0 };
    let drawn = 0;
    while (drawn < windows) {
      const rows = Array.from({ length: referenceSamples }, () => before.draw(random));
      const reference = referenceOf(rows);
      const within = countBins(reference.bins, rows.slice(0, segmentShare * referenceSamples));
      const [others, moved] = [before, after].map((population) => population.cells(reference));
      for (let i = 0; i < windowsEach; i++, drawn++) {
        const live = drawCounts(reference, segmentShare * samples, moved, random);
        const rest = drawCounts(reference, (1 - segmentShare) * samples, others, random);
        const all = live.map((count, bin) => count + rest[bin]);
        note(whole, measureDrift(reference.bins, reference.counts, all));
        note(segment, measureDrift(reference.bins, within, live, { ceilingZ: segmentCeilingZ }));
      }
    }
    return { referenceSamples, samples, windows: drawn, whole, segment };
  });
}

function note(found: { drifting: number; alert: number }, drift: ReturnType<typeof measureDrift>): void {
  if (drift.verdict === 'drifting') found.drifting++;
  if (raisesAlert(drift)) found.alert++;
}
