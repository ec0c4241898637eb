import { type Bins, binLabels, missingBin } from '../../../src/stats/binning.ts';
import { midRanks } from '../../../src/stats/rank-trend.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series from time 0 on; `values` in promtool's notation. */
export type Series = { readonly metric: string; readonly labels: Labels; readonly values: string };

/**
 * How the series of a test are laid out: a sample every `step` minutes until `until`. All times in a test are whole
 * steps.
 */
export type Span = { readonly step: number; readonly until: string };

/** Minutes in a duration such as `90m`, `2h` or `3d`. */
export function minutes(duration: string): number {
  const parts = /^(\d+)([mhd])$/.exec(duration);
  if (parts === null) throw new RangeError(`"${duration}" is not a duration`);
  return Number(parts[1]) * { m: 1, h: 60, d: 1440 }[parts[2] as 'm' | 'h' | 'd'];
}

function steps(from: string, until: string, { step }: Span): number {
  const count = (minutes(until) - minutes(from)) / step;
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`${from} to ${until} is no whole number of steps`);
  return count;
}

/** From `from` on, `perMinute` is added every minute; `restart` sets the counter to 0 before. */
export type Phase = { readonly from: string; readonly perMinute: number; readonly restart?: boolean };

/** A counter that is 0 at time 0. */
export function counter(phases: readonly Phase[], span: Span): string {
  let value = 0;
  const parts = ['0'];
  phases.forEach(({ from, perMinute, restart }, i) => {
    const count = steps(from, phases[i + 1]?.from ?? span.until, span);
    const increment = perMinute * span.step;
    if (restart) value = 0;
    if (count > 0) parts.push(`${value + increment}+${increment}x${count - 1}`);
    value += increment * count;
  });
  return parts.join(' ');
}

/** A gauge: `[['0m', 1], ['30m', 2]]` is 1, and 2 from 30 min on; `null` means no series. */
export function gauge(
  values: readonly (readonly [from: string, value: number | null])[],
  span: Span,
): string {
  return values
    .map(([from, value], i) => {
      const next = values[i + 1]?.[0];
      const count = next === undefined ? steps(from, span.until, span) + 1 : steps(from, next, span);
      if (value !== null) return `${value}x${count - 1}`;
      if (i === 0) return `_x${count}`;
      return `stale${count > 1 ? ` _x${count - 1}` : ''}`;
    })
    .join(' ');
}

/** What one replica counts a minute in each bin, from `from` on. */
export type TrafficPhase = {
  readonly from: string;
  readonly counts: readonly number[];
  readonly restart?: boolean;
};

/** One variable of one version: its bins, its reference counts and the traffic of each replica. */
export type Variable = {
  readonly model?: string;
  readonly version?: string;
  readonly feature: string;
  /** Counted within this segment only, a category of the feature `by`; all rows by default. */
  readonly segment?: { readonly by: string; readonly name: string };
  readonly bins: Bins;
  readonly reference: readonly number[];
  /** What a row in each bin adds to the score; not exported by default. */
  readonly effects?: readonly number[];
  readonly replicas: readonly (readonly TrafficPhase[])[];
};

/** The labels of a variable's recorded series. */
export function labelsOf({ model, version, feature, segment }: Variable): Labels {
  const within = segment === undefined ? {} : { segment_feature: segment.by, segment: segment.name };
  return { model: model ?? 'credit', version: version ?? 'v1', ...within, feature };
}

/** The series that the replicas export of a variable. */
export function variableSeries(variable: Variable, span: Span): Series[] {
  const { bins, reference, effects = [], replicas, segment } = variable;
  const prefix = segment === undefined ? 'model_feature' : 'model_segment';
  const samples = sum(reference);
  const names = binLabels(bins);
  const ranks =
    bins.kind === 'numeric' && segment === undefined ? midRanks(reference.slice(0, missingBin(bins))) : [];
  return replicas.flatMap((phases, replica) => {
    const labels = { ...labelsOf(variable), ...replicaLabels(replica) };
    return [
      { metric: `${prefix}_reference_samples`, labels, values: gauge([['0m', samples]], span) },
      ...ranks.map((rank, i) => ({
        metric: 'model_feature_reference_mid_rank',
        labels: { ...labels, bin: names[i] },
        values: gauge([['0m', rank]], span),
      })),
      ...effects.map((effect, i) => ({
        metric: 'model_feature_bin_effect',
        labels: { ...labels, bin: names[i] },
        values: gauge([['0m', effect]], span),
      })),
      ...names.flatMap((bin, i) => [
        {
          metric: `${prefix}_reference_ratio`,
          labels: { ...labels, bin },
          values: gauge([['0m', samples === 0 ? 0 : reference[i] / samples]], span),
        },
        {
          metric: `${prefix}_bin_observations_total`,
          labels: { ...labels, bin },
          values: counter(
            phases.map(({ counts, ...phase }) => ({ ...phase, perMinute: counts[i] })),
            span,
          ),
        },
      ]),
    ];
  });
}

/** The labels that a scrape gives. */
export function replicaLabels(replica: number): Labels {
  return { job: 'vigia', instance: `10.0.0.${replica + 1}:9464` };
}

/** The sum of what all replicas counted in the window that ends at `at`. */
export function liveCounts({ replicas, reference }: Variable, window: string, at: string): number[] {
  const counts: number[] = new Array(reference.length).fill(0);
  for (const phases of replicas) {
    for (let minute = Math.max(0, minutes(at) - minutes(window)); minute < minutes(at); minute++) {
      const phase = phases.findLast(({ from }) => minutes(from) <= minute);
      phase?.counts.forEach((count, i) => {
        counts[i] += count;
      });
    }
  }
  return counts;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
