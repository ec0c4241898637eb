import { missingBin, unseenBin } from '../stats/binning.ts';
import { type CountedBin, countedBins } from '../stats/counted-bins.ts';
import { type Drift, measureDrift } from '../stats/drift.ts';
import { measureEffect } from '../stats/effect.ts';
import { guessUnit, type UnitGuess } from '../stats/unit-guess.ts';
import type { Monitor, VariableLayout } from './monitor.ts';
import type { WindowName } from './windows.ts';

/** The drift of one variable in one window, with both distributions. */
export type LiveDrift = Drift & {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /**
   * The effect of its move on the scores, in their standard deviations: see `measureEffect`. `null` if that is not
   * known.
   */
  readonly effect: number | null;
  /** Shares of the window's observations, 0..1; null when there are none. */
  readonly missing: number | null;
  readonly unseen: number | null;
  readonly outsideRange: number | null;
  /** Of these, the values too far out to be summed: the score shift counts each as the bound that it lies beyond. */
  readonly farOutsideRange: number | null;
  /** The other unit that the values seem to be in; `null` where none is guessed. */
  readonly unit: UnitGuess | null;
  readonly bins: readonly CountedBin[];
};

/** The drift of every feature, and of the score last, over one window of one replica. */
export function liveDrift(monitor: Monitor, window: WindowName): LiveDrift[] {
  const counts = monitor.window(window);
  return monitor.variables.map((variable) => variableDrift(variable, counts));
}

/** The bin counts of one variable, cut out of the monitor's array. */
export function variableCounts(variable: VariableLayout, counts: Readonly<Float64Array>): Float64Array {
  return counts.subarray(variable.offset, variable.offset + variable.size) as Float64Array;
}

/** The drift of one variable. @param counts of the whole window */
export function variableDrift(variable: VariableLayout, counts: Float64Array): LiveDrift {
  const live = variableCounts(variable, counts);
  const drift = measureDrift(variable.bins, variable.counts, live);
  const share = (count: number) => (drift.samples > 0 ? count / drift.samples : null);
  return {
    name: variable.name,
    kind: variable.bins.kind,
    ...drift,
    effect: measureEffect(variable.counts, live, variable.effects),
    missing: share(live[missingBin(variable.bins)]),
    unseen: share(variable.bins.kind === 'categorical' ? live[unseenBin(variable.bins)] : 0),
    outsideRange: share(counts[variable.below] + counts[variable.above]),
    farOutsideRange: share(counts[variable.farBelow] + counts[variable.farAbove]),
    unit: unitOf(variable, drift.verdict, counts),
    bins: countedBins(variable.bins, variable.counts, live),
  };
}

/** The other unit that a feature seems to be in, over the same window as the verdict. */
export function unitOf(
  { bins, counts: reference, range, offset, size, ...at }: VariableLayout,
  verdict: Drift['verdict'],
  counts: Readonly<Float64Array>,
): UnitGuess | null {
  if (bins.kind !== 'numeric' || range === undefined) return null;
  return guessUnit(
    verdict,
    { bins, counts: reference, range },
    {
      counts: counts.subarray(offset, offset + size),
      below: counts[at.below],
      above: counts[at.above],
      zeros: counts[at.zeros],
      logSum: counts[at.logSum],
    },
  );
}
