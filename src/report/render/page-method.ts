import { formatCount } from '../../text/format.ts';
import type { DriftReport } from '../compute/drift-report.ts';
import { type Html, html } from './html.ts';

/** How the figures are made, and what they cannot tell. */
export function methodSection(report: DriftReport): Html {
  const { rule, reference, features, score, segments, together, predictions } = report;
  const { minPsi, minMovedPsi, minTrend, undeterminedCeiling, ceilingZ, slowDriftThreshold } = rule;
  const [often, seldom] = [50 + 100 * minTrend, 50 - 100 * minTrend];
  const origin = {
    training: 'the rows that the model file was made from',
    traffic: 'traffic that was accepted as normal in their place',
    file: 'the rows of a file',
  }[reference.origin];
  // without outcomes, none are in the model file
  const areHeldOut =
    reference.origin === 'training' && predictions?.some((one) => one.reference !== null) === true;
  return html`<section aria-labelledby="method" class="method"><h2 id="method">How is this measured, and what can it not tell?</h2>
<ul>
<li>The reference is ${origin}. Numbers are cut into bins at its deciles, frequent numbers and categories have a bin each; missing values and categories never seen there stand apart. The bins never move with the live values.</li>
<li>A variable is <b>drifting</b> when its PSI is above ${minPsi} and above the noise ceiling: the value that chance alone exceeds in about 3 of a million comparisons (z = ${ceilingZ}), given how many rows there are on both sides. Half a row is added to each bin.</li>
<li>It has <b>moved</b> when it is not drifting but has changed for certain: its PSI is above ${minMovedPsi} and the noise ceiling, or live values are larger than those of the reference in more than ${often} % or fewer than ${seldom} % of all pairs, by more than ${ceilingZ} standard errors (Wilcoxon–Mann–Whitney over the bins). That raises no alert.</li>
<li>It is <b>undetermined</b> when it is neither and the ceiling is above ${undeterminedCeiling}: a shift by half a standard deviation could not be told from chance. That is no all-clear.</li>
${
  features.some(({ slowDrift }) => slowDrift !== null) &&
  html`<li>A number <b>drifts slowly</b> when bets on it, placed every day and settled by the ranks of the day’s values in the reference, have won ${formatCount(slowDriftThreshold)} on average. Without a change that takes ${formatCount(slowDriftThreshold)} days or more on average, however often one looks. It finds in weeks what a few rows a day cannot show otherwise.</li>`
}
<li>The ceiling takes rows to be independent. A daily rhythm, repeated requests and batches can move a short window without anything being wrong: compare whole days, or replay the alerts with --backtest.</li>
<li>PSI hardly sees small moves of a rare category, or a few per cent of missing values. Read the shares beside it.</li>
${segments !== null && html`<li>A segment is compared with the same segment of the reference, with thresholds for its own number of rows. A value of ${segments.by.join(' or ')} that became more frequent is no change within its segment: that shows in the numbers of rows.</li>`}
${together !== null && html`<li>All features together: a linear discriminant learns to tell up to 5,000 rows of each side apart, from four fifths of them at a time, and is tried on the last fifth. Its inputs are numbers as normal scores of their ranks, categories bin by bin, and those squares and products of two that differ most in the rows it learns from. They have moved together when its AUC is more than ${minTrend} and more than ${ceilingZ} standard errors above one half. That raises no alarm, and a feature that drifts by itself shows here too.</li>`}
<li>The <b>effect</b> says what a move does to the scores: the change of the feature’s mean contribution to their log-odds, bin by bin, in standard deviations of the log-odds in the reference. Where the scores cannot be explained by the features it is the mean log-odds of the reference rows in each bin that counts: what goes with the move, not what it causes. Features are ordered by it, drifting ones first. Drift of features is no proof that predictions got worse; only known outcomes show that.</li>
${score !== null && html`<li>The score is compared like a feature. Its reference is the finished model on the reference rows${areHeldOut && '; the shares of predicted classes are those of rows that it was not fitted on'}.</li>`}
</ul></section>`;
}
