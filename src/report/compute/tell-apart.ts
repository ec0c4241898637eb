import { type Separation, separate } from '../../stats/domain-classifier.ts';
import { driftRule, type Verdict } from '../../stats/drift.ts';
import { createRandom } from '../../stats/random.ts';
import { type DomainColumn, domainColumns, type ValueRows } from './domain-columns.ts';
import type { ReferenceVariable } from './drift-reference.ts';
import type { DriftReport } from './drift-report.ts';

/** More rows on a side cost time, and tell nothing that matters: with these the error of an AUC is 0.008 at most. */
const maxRows = 5000;
/** With fewer rows on a side there is nothing to learn from. */
const minRows = 50;
/** An error that could hide a shift of one feature by half a standard deviation, which has an AUC of 0.64. */
const maxError = 0.14 / driftRule.ceilingZ;
/** Indicators of bins that are rarer have products of a few rows. */
const minIndicatorVariance = 0.02;

/**
 * Whether a classifier can tell live rows from those of the reference by all features together. It sees what no feature
 * shows by itself, such as a correlation that turns round.
 *
 * @returns `null` where a side has no values, or fewer than 50 rows, or there are not two features to compare
 */
export function tellApart(
  variables: readonly ReferenceVariable[],
  reference: ValueRows,
  live: ValueRows,
): DriftReport['together'] {
  if (reference.rows.length < minRows || live.rows.length < minRows) return null;
  const [before, after] = [draw(reference), draw(live)];
  const columns = domainColumns(variables, before, after);
  if (new Set(columns.map(({ feature }) => feature)).size < 2) return null;
  const separation = separate(
    columns.map(({ feature, isIndicator, variance, values }) => ({
      values,
      group: feature,
      hasSquare: !isIndicator,
      hasProducts: !isIndicator || variance >= minIndicatorVariance,
    })),
    before.rows.length,
  );
  if (separation === null) return null;
  const { rocAuc, standardError, terms } = separation;
  return {
    rocAuc,
    standardError,
    referenceSamples: before.rows.length,
    samples: after.rows.length,
    verdict: judge(rocAuc, standardError),
    terms: sumByFeature(columns, terms),
  };
}

/** At most `maxRows` of the rows, drawn at random. */
function draw({ names, rows }: ValueRows): ValueRows {
  if (rows.length <= maxRows) return { names, rows };
  const random = createRandom(2);
  const drawn = [...rows];
  for (let i = 0; i < maxRows; i++) {
    const j = i + Math.floor(random() * (drawn.length - i));
    [drawn[i], drawn[j]] = [drawn[j], drawn[i]];
  }
  return { names, rows: drawn.slice(0, maxRows) };
}

/** By the rule for a rank trend: the AUC is the trend of the classifier's own scores. */
function judge(area: number, error: number): Verdict {
  const { minTrend, ceilingZ } = driftRule;
  if (area - 0.5 > minTrend && area - 0.5 > ceilingZ * error) return 'moved';
  return error > maxError ? 'undetermined' : 'stable';
}

/** The terms by the names of their features, whatever the categories: `age`, `age²`, `age × income`. */
function sumByFeature(
  columns: readonly DomainColumn[],
  terms: Separation['terms'],
): { name: string; share: number }[] {
  const shares = new Map<string, number>();
  for (const { columns: places, share } of terms) {
    const [first, second] = places.map((place) => columns[place].feature);
    const name =
      second === undefined ? first : second === first ? `${first}²` : [first, second].sort().join(' × ');
    shares.set(name, (shares.get(name) ?? 0) + share);
  }
  return [...shares]
    .map(([name, share]) => ({ name, share }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, 5);
}
