import { scoreFeature } from '../model/artifact.ts';
import type { Alarm, DriftReport, ReportVariable } from './drift-report.ts';
import type { Measured } from './measure-variable.ts';

/** What the two sides are called in sentences. */
export type Words = {
  /** `requests` or `rows`. */
  readonly rows: DriftReport['live']['kind'];
  readonly origin: DriftReport['reference']['origin'];
  /** Live rows of other model versions, which are not counted. */
  readonly otherVersions: number;
};

/** Changes below a percentage point are not worth a second clause. */
const minMention = 0.01;

const fraction = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const large = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en');

export function formatNumber(value: number): string {
  return (Math.abs(value) < 1000 ? fraction : large).format(value);
}

export function formatCount(value: number): string {
  return whole.format(value);
}

/** A count with its noun, which gets an s unless there is one of it. */
export function formatAmount(value: number, noun: string): string {
  return `${whole.format(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A share in per cent, with as many digits as its size deserves: `31 %`, `1.8 %`, `0.02 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return percent < 0.01 ? '< 0.01 %' : `${percent.toFixed(2)} %`;
  if (percent > 99.9) return '> 99.9 %';
  return percent < 10 || percent > 90 ? `${Number(percent.toFixed(1))} %` : `${Math.round(percent)} %`;
}

/** A time as people write it: `2026-01-31 12:00`. */
export function formatTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** What changed in one variable, in a sentence. */
export function describeVariable(variable: Measured, words: Words): string {
  if (variable.samples === 0) return `No live ${words.rows} hold it.`;
  if (variable.verdict === 'undetermined') return describeDoubt(variable, words);
  const [main, ...more] = changesOf(variable, words);
  if (main === undefined) return `Nothing but missing values on both sides.`;
  if (variable.verdict === 'stable') {
    const isChance = (variable.psi ?? 0) <= (variable.psiNoiseCeiling ?? 0);
    const lately =
      variable.driftingSince === null ? '' : ` But since ${formatTime(variable.driftingSince)} it drifts.`;
    return `${isChance ? 'No change beyond chance' : 'A small change, below the limit'}: ${main.text}.${lately}`;
  }
  const others = more.filter(({ size }) => size >= minMention);
  return sentence([main, ...others].map(({ text }) => text));
}

function sentence(clauses: readonly string[]): string {
  const text = clauses.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function describeDoubt({ samplesNeeded, referenceSamples }: Measured, { rows }: Words): string {
  if (samplesNeeded === null) {
    return `Cannot be judged: the reference has only ${formatCount(referenceSamples)} rows, too few for any number of live ${rows}.`;
  }
  return `Cannot be judged yet: ${formatCount(samplesNeeded)} more live ${rows} are needed.`;
}

type Change = { readonly text: string; readonly size: number };

/** The largest move of the values, then what happened to missing, unseen and outlying ones; the largest first. */
function changesOf(variable: Measured, words: Words): Change[] {
  const { bins, samples, referenceSamples, summary } = variable;
  const there = whereWords[words.origin];
  const shares = (name: string) => {
    const bin = bins.find(({ label }) => label === name);
    return bin && { live: bin.live / samples, reference: bin.reference / referenceSamples };
  };
  const changes: Change[] = [];
  const moved =
    variable.kind === 'numeric' ? largestShift(variable, words) : largestCategory(variable, words);
  if (moved !== undefined) changes.push(moved);
  const missing = shares('missing');
  if (missing !== undefined && missing.live !== missing.reference) {
    changes.push({
      text: `${formatShare(missing.live)} are missing, ${formatShare(missing.reference)} ${there}`,
      size: Math.abs(missing.live - missing.reference),
    });
  }
  const unseen = shares('unseen');
  if (unseen !== undefined && unseen.live !== unseen.reference) {
    const [example] = variable.unseenValues;
    const such = example === undefined ? '' : `, such as ‘${example.value}’`;
    const text =
      unseen.reference === 0
        ? `${formatShare(unseen.live)} were never seen ${there}${such}`
        : `${formatShare(unseen.live)} are of a category unknown to the model${such}, ${formatShare(unseen.reference)} ${there}`;
    changes.push({ text, size: Math.abs(unseen.live - unseen.reference) });
  }
  if (variable.outsideRange > 0) {
    const share = variable.outsideRange / samples;
    changes.push({ text: `${formatShare(share)} are beyond all values ${there}`, size: share / 2 });
  }
  changes.sort((a, b) => b.size - a.size);
  const before = summary?.reference?.percentiles.p50;
  const now = summary?.live?.percentiles.p50;
  if (before !== undefined && now !== undefined && variable.verdict === 'drifting') {
    changes.push({ text: `the median went from ${formatNumber(before)} to ${formatNumber(now)}`, size: 1 });
  }
  return changes;
}

const whereWords = {
  training: 'in training',
  traffic: 'in the reference',
  file: 'in the reference',
} as const;

/** The share beyond the edge at which the two distributions are farthest apart. */
function largestShift({ name, bins, missing }: Measured, { rows, origin }: Words): Change | undefined {
  const values = bins.slice(0, -1);
  const liveTotal = values.reduce((sum, { live }) => sum + live, 0);
  const referenceTotal = values.reduce((sum, { reference }) => sum + reference, 0);
  if (liveTotal === 0 || referenceTotal === 0 || values.length < 2) return undefined;
  let live = 0;
  let reference = 0;
  let farthest = { edge: 0, live: 0, reference: 0, size: -1 };
  for (const bin of values.slice(0, -1)) {
    live += bin.live / liveTotal;
    reference += bin.reference / referenceTotal;
    const size = Math.abs(live - reference);
    if (size > farthest.size) farthest = { edge: upperEdge(bin.label), live, reference, size };
  }
  const what = name === scoreFeature ? 'live scores' : missing > 0 ? 'live values' : `live ${rows}`;
  const there = whereWords[origin];
  const edge = formatNumber(farthest.edge);
  const text =
    farthest.live <= farthest.reference
      ? `${formatShare(1 - farthest.live)} of ${what} are above ${edge}, ${formatShare(1 - farthest.reference)} ${there}`
      : `${formatShare(farthest.live)} of ${what} are at most ${edge}, ${formatShare(farthest.reference)} ${there}`;
  return { text, size: farthest.size };
}

/** The category whose share has changed most. */
function largestCategory({ bins, samples, referenceSamples }: Measured, words: Words): Change | undefined {
  const changes = bins
    .filter(({ label }) => label !== 'missing' && label !== 'unseen')
    .map(({ label, live, reference }) => {
      const [now, before] = [live / samples, reference / referenceSamples];
      const name = label === 'other' ? 'of a rare kind' : `‘${label.slice(2)}’`;
      return {
        text: `${formatShare(now)} of live ${words.rows} are ${name}, ${formatShare(before)} ${whereWords[words.origin]}`,
        size: Math.abs(now - before),
      };
    });
  return changes.sort((a, b) => b.size - a.size)[0];
}

/** The bounds in a numeric bin's label: `03 (28, 31]` gives 28 and 31. */
export function binBounds(label: string): { lower: number; upper: number } | undefined {
  const parts = /^\d+ \((?<lower>\S+), (?<upper>[^\])]+)[\])]$/.exec(label)?.groups;
  if (parts === undefined) return undefined;
  const read = (text: string) => Number(text.replace('inf', 'Infinity'));
  return { lower: read(parts.lower), upper: read(parts.upper) };
}

function upperEdge(label: string): number {
  return binBounds(label)?.upper ?? Number.NaN;
}

/** The greatest value of an alarm: a share where the alert is about shares, else a PSI. */
export function formatAlarmValue({ alert, value }: Alarm): string {
  return /Drift(?!Broad)/.test(alert) ? `PSI ${formatPsi(value)}` : formatShare(value);
}

type Judged = Pick<DriftReport, 'features' | 'score' | 'verdict'>;

/** The verdict of the whole in a sentence that names the worst feature. */
export function describeVerdict(judged: Judged, words: Words): string {
  const late = judged.features
    .filter(({ verdict, driftingSince }) => verdict === 'stable' && driftingSince !== null)
    .map(({ name }) => name);
  const lately =
    late.length === 0 ? '' : ` Lately ${listOf(late)} ${late.length === 1 ? 'drifts' : 'drift'} too.`;
  return (
    describeWhole(judged, words) +
    (judged.verdict === 'stable' ? lately.replace(' too.', ', though.') : lately)
  );
}

/** `a`, `a and b`, `a, b, c and 4 more` */
function listOf(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function describeWhole({ features, score, verdict }: Judged, words: Words): string {
  const { origin } = words;
  const drifting = features.filter((feature) => feature.verdict === 'drifting');
  const [worst] = features;
  if (verdict === 'undetermined') return describeUndetermined(features, words);
  if (verdict === 'stable') {
    const nearest =
      worst?.psi == null ? '' : ` ${worst.name} comes nearest to its limit (${psiText(worst)}).`;
    const all = features.length === 1 ? 'The feature is' : `All ${features.length} features are`;
    return `No drift. ${all} much as in ${origin === 'training' ? 'training' : 'the reference'}.${nearest}`;
  }
  const scoreText = score?.verdict === 'drifting' ? ` The scores have drifted too (${psiText(score)}).` : '';
  if (drifting.length === 0) {
    return `The scores have drifted (${score === null ? '' : psiText(score)}), though no single feature has.`;
  }
  const others = drifting.slice(1).map(({ name }) => name);
  const rest =
    others.length === 0 ? '' : `, and so ${others.length === 1 ? 'has' : 'have'} ${listOf(others)}`;
  return `${worst.name} has drifted${others.length > 0 ? ' most' : ''} (${psiText(worst)})${rest}.${scoreText}`;
}

function psiText({ psi, threshold }: ReportVariable): string {
  return `PSI ${formatPsi(psi)}, limit ${formatPsi(threshold)}`;
}

export function formatPsi(value: number | null): string {
  if (value === null) return '–';
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function describeUndetermined(features: readonly ReportVariable[], { rows, otherVersions }: Words): string {
  const doubtful = features.filter((feature) => feature.verdict === 'undetermined');
  const needed = doubtful.map(({ samplesNeeded }) => samplesNeeded);
  const names =
    doubtful.length === features.length ? 'the features' : doubtful.map(({ name }) => name).join(', ');
  if (otherVersions > 0 && features.every(({ samples }) => samples === 0)) {
    return `Cannot tell: all ${formatCount(otherVersions)} live ${rows} are of other model versions.`;
  }
  if (features.every(({ samples }) => samples === 0)) return `Cannot tell: there are no live ${rows}.`;
  if (needed.includes(null)) {
    return `Cannot tell whether ${names} drifted: the reference has too few rows to show it.`;
  }
  const most = Math.max(...needed.map((count) => count ?? 0));
  if (doubtful.length === 0) return `Cannot tell yet whether the scores drifted.`;
  return `Cannot tell yet whether ${names} drifted: ${formatCount(most)} more live ${rows} are needed.`;
}

/** Which feature moves the score most, and by how much; `null` when no feature's share in it is known. */
export function describeConsequence(
  features: readonly ReportVariable[],
  positive: string | undefined,
): string | null {
  const [most] = features
    .filter(({ logOddsChange }) => logOddsChange !== null)
    .sort((a, b) => Math.abs(b.logOddsChange ?? 0) - Math.abs(a.logOddsChange ?? 0));
  const change = most?.logOddsChange;
  if (change === undefined || change === null || positive === undefined) return null;
  if (Math.abs(change) < 0.005)
    return 'The scores stay where they were: no feature moves their log-odds by 0.01.';
  const sign = change > 0 ? '+' : '−';
  const direction = change > 0 ? 'towards' : 'away from';
  return `${most.name} moves the scores most: by ${sign}${Math.abs(change).toFixed(2)} in log-odds on average, ${direction} ‘${positive}’.`;
}
