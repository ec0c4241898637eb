import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { belowHeldOut, miscalibrated, unexpected } from '../../src/rules/performance-alerts.ts';
import { intervalZ } from '../../src/stats/wilson-interval.ts';
import { of, version } from './model-queries.ts';

export type Source = 'realised' | 'estimated';

const perWindow = 'on (model, version, window)';
const sourced = (metric: string, source: Source, more = '') =>
  of(metric, [`source="${source}"`, ...(more ? [more] : [])].join(','));

/** Outcomes that count (realised), or predictions (estimated). */
export const samples = (source: Source) => sourced('model:performance_samples', source);

/** All figures of a source by their name, or the one that is named. */
export function figure(source: Source, metric?: string): string {
  return `max by (metric) (${sourced('model:performance', source, metric && `metric="${metric}"`)})`;
}

/** One end of a figure's 95 % interval, for the reader and not for a verdict. */
export function intervalEnd(source: Source, end: 'lower' | 'upper', metric?: string): string {
  const named = metric && `metric="${metric}"`;
  const error = `max by (metric) (${sourced('model:performance_standard_error', source, named)})`;
  const sign = end === 'lower' ? '-' : '+';
  return `clamp(${figure(source, metric)} ${sign} ${intervalZ} * ${error}, 0, 1)`;
}

/** The figures on rows that the model was not fitted on, cross-validated or held out. */
export function heldOut(metric?: string): string {
  return `max by (metric) (model_evaluation{${version}${metric ? `,metric="${metric}"` : ''}})`;
}

const chosen = `${version},window="$window"`;

/** What is judged: matchers that select it, and the labels that tell it apart where it is more than one thing. */
type Scope = { readonly selector: string; readonly by: string };
const ofChosen: Scope = { selector: chosen, by: '' };

const greatest = ({ by }: Scope, expr: string) => `max by (${by}) (${expr})`;

function enough({ selector }: Scope, source: Source): string {
  const least = {
    realised: defaultAlertSettings.thresholds.minOutcomes,
    estimated: defaultAlertSettings.thresholds.minPredictions,
  };
  return `model:performance_samples{${selector},source="${source}"} >= ${least[source]}`;
}

/** Where a condition of the alerts holds, on enough outcomes or predictions. */
const holds = (scope: Scope, condition: string, source: Source) =>
  greatest(scope, `${condition} and ${perWindow} ${enough(scope, source)}`);

/** Figures that are below those on held-out rows, as the alerts judge it. */
function below(scope: Scope, source: Source, metric?: string): string {
  const selector = metric ? `${scope.selector},metric="${metric}"` : scope.selector;
  return holds(scope, belowHeldOut(source, selector), source);
}

const areUnexpected = (scope: Scope) => holds(scope, unexpected(scope.selector), 'realised');

/** 2 where `bad` finds something, else 0 where there is enough to judge by, else 1. */
function judged(scope: Scope, bad: readonly string[], source: Source): string {
  const counted = `model:performance_samples{${scope.selector},source="${source}"}`;
  return `0 * (${bad.join(' or ')}) + 2 or 0 * ${greatest(scope, enough(scope, source))} or 0 * ${greatest(scope, counted)} + 1`;
}

/** The tests of all alerts on performance together. */
export function performanceVerdictOf(scope: Scope): string {
  const isMiscalibrated = holds(scope, miscalibrated(scope.selector), 'realised');
  const bad = [areUnexpected(scope), isMiscalibrated, below(scope, 'realised'), below(scope, 'estimated')];
  return judged(scope, bad, 'realised');
}
export const performanceVerdict = performanceVerdictOf(ofChosen);
export const expectationVerdict = judged(ofChosen, [areUnexpected(ofChosen)], 'realised');
export const comparisonVerdict = (source: Source, metric: string) =>
  judged(ofChosen, [below(ofChosen, source, metric)], source);
/** As `comparisonVerdict`, but 1 where the estimate is in doubt. */
export const estimateVerdict = (metric: string) =>
  `0 * max(model:estimate_trusted{${chosen}} == 0) + 1 or ${comparisonVerdict('estimated', metric)}`;

/** Adds the name of the class to a label with its role, positive or negative, in words of one's own. */
function withClass(expr: string, role: 'predicted' | 'actual', label: string, words: string): string {
  const classes = `max by (class, role) (model_class_info{${version}})`;
  const named = `label_replace(${classes}, "${label}", "${words} $1", "class", "(.+)")`;
  return `${expr} * on (${role}) group_left (${label}) label_replace(${named}, "${role}", "$1", "role", "(.+)")`;
}

/** Rows by decision and outcome, with labels `prediction` and `outcome` that say which they are. */
export function confusion(source: Source): string {
  const rows = `sum by (predicted, actual) (${sourced('model_confusion:rows', source)})`;
  return withClass(withClass(rows, 'predicted', 'prediction', 'predicted'), 'actual', 'outcome', 'was');
}

/** The same with both in one label `cell`. */
export function confusionCells(source: Source): string {
  return `sum by (cell) (label_join(${confusion(source)}, "cell", ", ", "prediction", "outcome"))`;
}

/** The labelled share of the predictions by class predicted, named in the label `prediction`. */
export const coverageByDecision = withClass(
  `max by (predicted) (${of('model_decision:coverage')})`,
  'predicted',
  'prediction',
  'predicted',
);

/** A sum by band of the score. */
export const perBand = (metric: string, more?: string) => `max by (score_band) (${of(metric, more)})`;

/** A sum by band of the score over the number of outcomes there. */
export const perOutcome = (metric: string) =>
  `${perBand(metric)} / (${perBand('model_score_band:outcomes')} > 0)`;

/** The share of outcomes that were positive, by band of the score. */
export const positiveRatioByBand = perOutcome('model_score_band:positives');
