import { summariseSorted } from '../../profile/make-reference.ts';
import { binCount, missingBin, unseenBin } from '../../stats/binning.ts';
import { countedBins } from '../../stats/counted-bins.ts';
import { type Drift, type DriftOptions, driftThreshold, measureDrift } from '../../stats/drift.ts';
import { type DriftStatisticName, ofEachStatistic } from '../../stats/drift-statistics.ts';
import { measureEffect } from '../../stats/effect.ts';
import { kolmogorovSmirnov } from '../../stats/kolmogorov-smirnov.ts';
import { samplesNeeded } from '../../stats/samples-needed.ts';
import { guessUnit } from '../../stats/unit-guess.ts';
import { wassersteinDistance } from '../../stats/wasserstein.ts';
import type { ReportVariable } from './drift-report.ts';
import type { LiveVariable } from './live-variable.ts';
import type { SortSpace } from './number-column.ts';
import type { Timeline } from './timeline.ts';

/** What the counts and values of one variable say by themselves. */
export type Measured = Omit<ReportVariable, 'logOddsChange' | 'sentence' | 'slowDrift'>;

/** What is measured: the counts of one variable, and its values where they are kept. */
export type Counted = Pick<
  LiveVariable,
  'reference' | 'counts' | 'below' | 'above' | 'logs' | 'column' | 'unseenTexts'
>;

/** Room to sort the values of each side in. */
export type SortSpaces = { readonly reference: SortSpace; readonly live: SortSpace };

const maxUnseenValues = 5;

/**
 * Measures one variable. Where both sides have their values, Kolmogorov–Smirnov and Wasserstein are exact.
 *
 * @param spaces to sort the two sides in
 * @param steps counts over time, of which this variable's begin at `offset`
 * @param options how the counts are compared, where it is not as all rows are
 */
export function measureVariable(
  live: Counted,
  spaces: SortSpaces,
  steps: ReturnType<Timeline['steps']>,
  offset: number,
  options: DriftOptions = {},
): Measured {
  const { reference, counts } = live;
  const { bins } = reference;
  const drift = measureDrift(bins, reference.counts, counts, options);
  const overTime = steps.map(({ fromMs, counts: all }) => {
    const step = measureDrift(bins, reference.counts, all.subarray(offset, offset + binCount(bins)));
    return {
      from: new Date(fromMs).toISOString(),
      samples: step.samples,
      psi: step.psi,
      psiNoiseCeiling: step.psiNoiseCeiling,
      verdict: step.verdict,
    };
  });
  const steady = overTime.findLastIndex(({ psi, verdict }) => psi !== null && verdict !== 'drifting');
  return {
    name: reference.name,
    kind: bins.kind,
    wholeNumbers: reference.isWhole && (live.column?.isWhole ?? true),
    samples: drift.samples,
    referenceSamples: drift.referenceSamples,
    missing: counts[missingBin(bins)],
    unseen: bins.kind === 'categorical' ? counts[unseenBin(bins)] : 0,
    outsideRange: live.below + live.above,
    ...ofEachStatistic((_, name) => drift[name as DriftStatisticName]),
    psiNoiseCeiling: drift.psiNoiseCeiling,
    threshold: drift.psiNoiseCeiling === null ? null : driftThreshold(drift.psiNoiseCeiling),
    ...compareValues(live, spaces, drift),
    rankTrend: drift.rankTrend,
    verdict: drift.verdict,
    unit: unitOf(live, drift.verdict),
    effect: measureEffect(reference.counts, counts, reference.effects),
    samplesNeeded: samplesNeeded(drift, bins, reference.counts),
    unseenValues: [...live.unseenTexts]
      .map(([value, samples]) => ({ value, samples }))
      .sort((a, b) => b.samples - a.samples)
      .slice(0, maxUnseenValues),
    bins: countedBins(bins, reference.counts, counts),
    driftingSince: overTime.slice(steady + 1).find(({ psi }) => psi !== null)?.from ?? null,
    overTime,
  };
}

function unitOf(
  { reference, counts, below, above, logs }: Counted,
  verdict: Drift['verdict'],
): Measured['unit'] {
  const { bins, counts: before, range } = reference;
  if (bins.kind !== 'numeric' || range === null || logs === null) return null;
  return guessUnit(verdict, { bins, counts: before, range }, { counts, below, above, ...logs });
}

function compareValues(
  { reference, column }: Counted,
  spaces: SortSpaces,
  { kolmogorovSmirnov: ofBins }: Drift,
): Pick<Measured, 'kolmogorovSmirnov' | 'wasserstein' | 'summary'> {
  if (reference.bins.kind === 'categorical') {
    return { kolmogorovSmirnov: null, wasserstein: null, summary: null };
  }
  const live = column !== null && column.length > 0 ? column.sorted(spaces.live) : null;
  const summary = { reference: reference.summary, live: live && summariseSorted(live) };
  if (live === null || reference.column === null) {
    return {
      kolmogorovSmirnov: ofBins === null ? null : { statistic: ofBins, p: null, basis: 'bins' },
      wasserstein: null,
      summary,
    };
  }
  const before = reference.column.sorted(spaces.reference);
  const { statistic, p } = kolmogorovSmirnov(before, live);
  return {
    kolmogorovSmirnov: { statistic, p, basis: 'values' },
    wasserstein: wassersteinDistance(before, live),
    summary,
  };
}
