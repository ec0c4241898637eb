import { driftRule } from '../../stats/drift.ts';
import { largeEffect, nearness } from '../../stats/effect.ts';
import { capitalise, formatCount, formatEffect, formatPsi } from '../../text/format.ts';
import { describeUnitGuess } from '../../text/unit-guess.ts';
import type { DriftReport, ReportVariable } from '../compute/drift-report.ts';
import type { Words } from './describe-variable.ts';

type Judged = Pick<DriftReport, 'features' | 'score' | 'verdict'>;

/** The verdict of the whole in a sentence that names the worst feature. */
export function describeVerdict(judged: Judged, words: Words): string {
  const late = judged.features
    .filter(
      ({ verdict, driftingSince }) => (verdict === 'stable' || verdict === 'moved') && driftingSince !== null,
    )
    .map(({ name }) => name);
  const lately =
    late.length === 0 ? '' : ` Lately ${listOf(late)} ${late.length === 1 ? 'drifts' : 'drift'} too.`;
  return (
    describeWhole(judged, words) +
    (judged.verdict === 'stable' || judged.verdict === 'moved'
      ? lately.replace(' too.', ', though.')
      : lately)
  );
}

/** `a`, `a and b`, `a, b, c and 4 more` */
export function listOf(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function describeWhole({ features, score, verdict }: Judged, words: Words): string {
  const drifting = features.filter((feature) => feature.verdict === 'drifting');
  const [worst] = features;
  if (verdict === 'undetermined') return describeUndetermined(features, words);
  if (verdict === 'stable') {
    const [near] = features.toSorted((a, b) => nearness(b) - nearness(a));
    const nearest =
      near?.psi == null ? '' : ` ${near.name} comes nearest to its threshold (${psiText(near)}).`;
    const count = features.length;
    const all =
      count === 1 ? 'The feature is' : count === 2 ? 'Both features are' : `All ${count} features are`;
    return `No drift. ${all} much as in the reference.${nearest}`;
  }
  if (verdict === 'moved') return describeMoved(features, score, words);
  const scoreText = score?.verdict === 'drifting' ? ` The scores have drifted too (${psiText(score)}).` : '';
  if (drifting.length === 0) {
    return `The scores have drifted (${score === null ? '' : psiText(score)}), although no single feature has.`;
  }
  // Of several the first is the one with the largest effect, where that is known.
  const most = drifting.length > 1 && worst.effect === null ? ' most' : '';
  const others = drifting.slice(1);
  const main = `${worst.name} has drifted${most} (${psiText(worst)})`;
  if (worst.unit === null) return `${main}${andSo(others)}.${scoreText}`;
  const also = others.length === 0 ? '' : ` Drifting too: ${listOf(others.map(({ name }) => name))}.`;
  return `${main}, ${describeUnitGuess(worst.unit)}${also}${scoreText}`;
}

/** `, and so have a and b` */
function andSo(others: readonly ReportVariable[]): string {
  if (others.length === 0) return '';
  return `, and so ${others.length === 1 ? 'has' : 'have'} ${listOf(others.map(({ name }) => name))}`;
}

/** Something has moved, and nothing is known to drift. */
function describeMoved(
  features: readonly ReportVariable[],
  score: ReportVariable | null,
  { rows }: Words,
): string {
  const moved = features.filter(({ verdict }) => verdict === 'moved');
  const doubtful = features.filter(({ verdict }) => verdict === 'undetermined').length;
  const [first, ...others] = moved;
  const main =
    first === undefined
      ? `The scores have moved a little, not enough for an alert (${score === null ? '' : psiText(score)}), although no single feature has.`
      : `${first.name} has moved${mayDrift(first) ? '' : ' a little, not enough for an alert'} (${psiText(first)})${andSo(others)}.`;
  const unsure = [
    ...(moved.some(mayDrift) ? [`more ${rows} are needed to tell how far`] : []),
    ...(doubtful > 0 ? [`${doubtful} of ${features.length} features cannot be judged yet`] : []),
  ].join('; ');
  return unsure === '' ? main : `${main} ${capitalise(unsure)}.`;
}

/** Whether what moved could be drift, which the noise hides. */
function mayDrift({ psiNoiseCeiling }: ReportVariable): boolean {
  return (psiNoiseCeiling ?? 0) > driftRule.undeterminedCeiling;
}

function psiText({ psi, threshold }: ReportVariable): string {
  return `PSI ${formatPsi(psi)}, threshold ${formatPsi(threshold)}`;
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

/**
 * Which feature does most to the scores, and how much; `null` when that is known of none.
 *
 * @param positive the class that the scores are probabilities of, where a model tells
 */
export function describeConsequence(
  features: readonly ReportVariable[],
  positive: string | undefined,
): string | null {
  const sizeOf = ({ effect, logOddsChange }: ReportVariable) => effect ?? Math.abs(logOddsChange ?? 0);
  const [most] = features
    .filter(({ effect, logOddsChange }) => effect !== null || logOddsChange !== null)
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  if (most === undefined) return null;
  const { name, effect, logOddsChange: change } = most;
  const inDeviations = effect === null ? '' : `${formatEffect(effect)} standard deviations`;
  if (change === null || positive === undefined) {
    return effect === null
      ? null
      : `${name} matters most to the scores: going by the reference, its move changes them by ${inDeviations}.`;
  }
  if (Math.abs(change) < 0.005 && (effect ?? 0) < largeEffect)
    return 'The scores stay where they were: no feature moves their log-odds by 0.01.';
  const sign = change > 0 ? '+' : '−';
  const direction = change > 0 ? 'towards' : 'away from';
  const size = effect === null ? '' : `, ${inDeviations}`;
  return `${name} moves the scores most: by ${sign}${Math.abs(change).toFixed(2)} in log-odds on average, ${direction} ‘${positive}’${size}.`;
}
