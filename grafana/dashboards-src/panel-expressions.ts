import { rangeLabelPattern } from '../../src/stats/bin-label-patterns.ts';
import { binTexts } from './language.ts';

/**
 * The series above 0; where there is none, a single 0 labelled `none`, as long as `anchor` is there. So an empty panel
 * means that nobody counts, and never that there was nothing to count.
 */
export function noneBelow(expr: string, anchor: string, label: string): string {
  return `(${expr} > 0) or on () label_replace(0 * ${anchor}, "${label}", "none", "", "")`;
}

/** As many series as the legend of a panel shows without scrolling, beside a threshold. */
export const mostSeries = 8;

/** An edge of a bin: its sign, digits and up to three decimals are kept, further decimals are not. */
const edge = '([+-]?[0-9a-z]+(?:[.][0-9]{1,3})?)[0-9]*';

/** Cuts the edges in bin labels to three decimals; the two digits in front keep the bins apart and in order. */
export function shortBins(expr: string, label = 'bin'): string {
  return `label_replace(${expr}, "${label}", "$1 ($2, $3$4", "${label}", "${rangeLabelPattern(edge)}")`;
}

/** The same for bands of the score. */
export const shortBands = (expr: string): string => shortBins(expr, 'score_band');

/** Adds a label `name` with the bin as one would say it. Sorted by label, the series stay in the order of the bins. */
export function readableBins(expr: string): string {
  const named = `label_replace(${shortBins(expr)}, "name", "$1", "bin", "(.+)")`;
  // the first pattern that matches counts, and so has the last word
  return binTexts.reduceRight(
    (inner, { pattern, text }) =>
      `label_replace(${inner}, "name", "${text}", "bin", "${pattern.replaceAll('\\', '\\\\')}")`,
    named,
  );
}

/** Bins with a label `group` that names feature and bin: the key of a table of the bins of several features. */
export function groups(expr: string): string {
  return `label_join(${shortBins(expr)}, "group", ": ", "feature", "bin")`;
}
