import type { Bin } from '../../stats/binning.ts';
import { driftRule } from '../../stats/drift.ts';
import { largeEffect } from '../../stats/effect.ts';
import {
  capitalise,
  formatCount,
  formatEffect,
  formatNumber,
  formatShare,
  formatTime,
} from '../../text/format.ts';
import { describeUnitGuess } from '../../text/unit-guess.ts';
import type { DriftReport } from '../compute/drift-report.ts';
import type { LiveVariable } from '../compute/live-variable.ts';
import type { Measured } from '../compute/measure-variable.ts';

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

/** Why there is nothing to say of a variable that all rows withhold. */
export function describeAbsence(
  { reference: { name }, withheld }: Pick<LiveVariable, 'reference' | 'withheld'>,
  { rows }: Words,
  isSensitive: boolean,
): string {
  if (!isSensitive) return `Withheld in all ${formatCount(withheld)} live ${rows}.`;
  return `Not available from samples, which withhold ${name} as the model calls it sensitive: GET /drift and the metrics have its counts.`;
}

/** What changed in one variable, in a sentence. @param isScore whether it is the model's score */
export function describeVariable(variable: Measured, words: Words, isScore: boolean): string {
  if (variable.samples === 0) return `No live ${words.rows} have a value of it.`;
  if (variable.verdict === 'undetermined') return describeDoubt(variable, words);
  const [main, ...more] = changesOf(variable, words, isScore);
  if (main === undefined) return `Only missing values on both sides.`;
  const lately =
    variable.driftingSince === null ? '' : ` But since ${formatTime(variable.driftingSince)} it drifts.`;
  if (variable.verdict === 'stable') {
    const isChance = (variable.psi ?? 0) <= (variable.psiNoiseCeiling ?? 0);
    return `${isChance ? 'No change beyond chance' : 'A small change, below the threshold'}: ${main.text}.${lately}`;
  }
  const others = more.filter(({ size }) => size >= minMention);
  const texts = [main, ...others].map(({ text }) => text);
  const effect = isScore ? '' : describeEffect(variable);
  if (variable.verdict === 'drifting') return `${describeUnit(variable)}${sentence(texts)}${effect}`;
  return `${describeMove(variable, words)}: ${texts.join('; ')}.${effect}${lately}`;
}

/** What explains the rest comes first. */
function describeUnit({ unit }: Measured): string {
  return unit === null ? '' : `${capitalise(describeUnitGuess(unit))} `;
}

function describeEffect({ effect }: Measured): string {
  if (effect === null) return '';
  const size = effect < largeEffect ? 'small' : 'large';
  return ` The effect on the scores is ${size}: ${formatEffect(effect)} standard deviations.`;
}

/** How far a variable has moved that does not drift. */
function describeMove({ samplesNeeded, psiNoiseCeiling }: Measured, { rows }: Words): string {
  if ((psiNoiseCeiling ?? 0) <= driftRule.undeterminedCeiling)
    return 'Moved a little, not enough for an alert';
  return samplesNeeded === null
    ? 'Moved, but the reference has too few rows to tell how far'
    : `Moved, but ${formatCount(samplesNeeded)} more live ${rows} are needed to tell how far`;
}

function sentence(clauses: readonly string[]): string {
  return `${capitalise(clauses.join('; '))}.`;
}

function describeDoubt({ samplesNeeded, referenceSamples }: Measured, { rows }: Words): string {
  if (samplesNeeded === null) {
    return `Cannot be judged: the reference has only ${formatCount(referenceSamples)} rows, too few for any number of live ${rows}.`;
  }
  return `Cannot be judged yet: ${formatCount(samplesNeeded)} more live ${rows} are needed.`;
}

type Change = { readonly text: string; readonly size: number };

/** The largest move of the values, then what happened to missing, unseen and outlying ones; the largest first. */
function changesOf(variable: Measured, words: Words, isScore: boolean): Change[] {
  const { bins, samples, referenceSamples, summary } = variable;
  const shares = (kind: Bin['kind']) => {
    const bin = bins.find((one) => one.kind === kind);
    return bin && { live: bin.live / samples, reference: bin.reference / referenceSamples };
  };
  const changes: Change[] = [];
  const moved =
    variable.kind === 'numeric' ? largestShift(variable, words, isScore) : largestCategory(variable, words);
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
    const expected = unseen.reference === 0 ? '' : `, where ${formatShare(unseen.reference)} were expected`;
    const text =
      words.origin !== 'traffic' || unseen.reference === 0
        ? `${formatShare(unseen.live)} were never seen ${there}${such}${expected}`
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
  if (before !== undefined && now !== undefined && before !== now && variable.verdict !== 'stable') {
    changes.push({ text: `the median went from ${formatNumber(before)} to ${formatNumber(now)}`, size: 1 });
  }
  return changes;
}

const there = 'in the reference';

/**
 * What tells most of the move of the values: the share beyond the edge at which the two distributions are farthest
 * apart, or that of a frequent value, where it changed more.
 */
function largestShift(
  { bins, missing, wholeNumbers }: Measured,
  { rows }: Words,
  isScore: boolean,
): Change | undefined {
  const values = bins.slice(0, -1);
  const liveTotal = values.reduce((sum, { live }) => sum + live, 0);
  const referenceTotal = values.reduce((sum, { reference }) => sum + reference, 0);
  if (liveTotal === 0 || referenceTotal === 0 || values.length < 2) return undefined;
  const what = isScore ? 'live scores' : missing > 0 ? 'live values' : `live ${rows}`;
  let live = 0;
  let reference = 0;
  let largest: Change = { text: '', size: -1 };
  for (const bin of values) {
    if (bin.kind !== 'range') continue;
    const { lower, upper, isClosed } = bin;
    const share = { live: bin.live / liveTotal, reference: bin.reference / referenceTotal };
    live += share.live;
    reference += share.reference;
    const shift = live - reference;
    const edge = formatNumber(wholeNumbers ? Math.floor(upper) : upper);
    const [above, below] = isClosed ? ['above', 'at most'] : ['at least', 'below'];
    // the last bin is the rest: below its end is everything
    if (bin !== values[values.length - 1] && Math.abs(shift) > largest.size) {
      const text =
        shift <= 0
          ? `${formatShare(1 - live)} of ${what} are ${above} ${edge}, ${formatShare(1 - reference)} ${there}`
          : `${formatShare(live)} of ${what} are ${below} ${edge}, ${formatShare(reference)} ${there}`;
      largest = { text, size: Math.abs(shift) };
    }
    const change = Math.abs(share.live - share.reference);
    if (lower === upper && change > largest.size) {
      const text = `${formatShare(share.live)} of ${what} are ${edge}, ${formatShare(share.reference)} ${there}`;
      largest = { text, size: change };
    }
  }
  return largest;
}

/** The category whose share has changed most. */
function largestCategory({ bins, samples, referenceSamples }: Measured, words: Words): Change | undefined {
  const changes = bins.flatMap((bin) => {
    if (bin.kind !== 'category' && bin.kind !== 'other') return [];
    const [now, before] = [bin.live / samples, bin.reference / referenceSamples];
    const name = bin.kind === 'category' ? `‘${bin.category}’` : 'of a rare kind';
    return {
      text: `${formatShare(now)} of live ${words.rows} are ${name}, ${formatShare(before)} ${there}`,
      size: Math.abs(now - before),
    };
  });
  return changes.sort((a, b) => b.size - a.size)[0];
}
