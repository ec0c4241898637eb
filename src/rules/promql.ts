/** Labels that make one variable of one model. */
export const byFeature = 'model, version, feature';

/** Labels that make one variable within one segment. */
export const bySegment = 'model, version, segment_feature, segment, feature';

/** Joins many series of a variable (bins, windows) with the one that all of them share. */
export const perFeature = `on (${byFeature}) group_left ()`;

/** Joins the bins of a variable over windows with what is known of each bin. */
export const perBin = `on (${byFeature}, bin) group_left ()`;

/**
 * A template tag for expressions of several lines: takes the common indentation off and puts embedded expressions in
 * at the depth at which they stand.
 */
export function promql(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const indents = strings
    .join('value')
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.search(/\S/));
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  let text = '';
  strings.forEach((string, i) => {
    text += string.replaceAll(`\n${' '.repeat(common)}`, '\n');
    if (i === values.length) return;
    const depth = /^ */.exec(text.slice(text.lastIndexOf('\n') + 1))?.[0] ?? '';
    text += String(values[i]).replaceAll('\n', `\n${depth}`);
  });
  return text.trim();
}

/** The sum of an expression of one line or of several. */
export function sumBy(labels: string, expr: string): string {
  if (!expr.includes('\n')) return `sum by (${labels}) (${expr})`;
  return promql`
    sum by (${labels}) (
      ${expr}
    )`;
}

/**
 * The χ² quantile of Wilson and Hilferty, as `chiSquareQuantileWilsonHilferty` in `src/stats` has it.
 *
 * @param degreesOfFreedom an expression in parentheses, or a selector
 */
export function chiSquareQuantile(degreesOfFreedom: string, z: number): string {
  return promql`
    ${degreesOfFreedom}
      * (1 - 2 / (9 * ${degreesOfFreedom}) + ${z} * sqrt(2 / (9 * ${degreesOfFreedom}))) ^ 3`;
}

/**
 * The share that chance alone stays below, as `binomialCeiling` in `src/stats` has it. All but `join` and `z` are
 * expressions that can stand as factors; `join` brings the reference's to the live ones.
 */
export function binomialCeiling(parts: {
  readonly referenceCount: string;
  readonly referenceSamples: string;
  readonly samples: string;
  readonly join: string;
  readonly z: number;
}): string {
  const { referenceCount, referenceSamples, samples, join, z } = parts;
  return promql`
    clamp_max(
      (
        (${samples} + 2) * sin(clamp_max(
          ${z / 2} * sqrt(1 / ${samples} + ${join} 1 / ${referenceSamples})
            + ${join} asin(sqrt((${referenceCount} + 1) / (${referenceSamples} + 2))),
          pi() / 2)) ^ 2
        - 1
      ) / ${samples},
      1)`;
}
