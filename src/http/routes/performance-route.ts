import { learntFromOutcomes } from '../../model/learnt.ts';
import { judgeTrust } from '../../monitor/estimate-trust.ts';
import { groupRates } from '../../monitor/group-rates.ts';
import { type BucketCounts, histogramCount, histogramQuantile } from '../../monitor/histogram.ts';
import { livePerformance } from '../../monitor/live-performance.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { comparedWith } from '../../monitor/performance-comparison.ts';
import { slowOutcomesRule } from '../../monitor/slow-outcomes.ts';
import { type WindowName, windowNames } from '../../monitor/windows.ts';
import type { KnownModel } from '../../outcomes/known-model.ts';
import type { ShadowPair } from '../../outcomes/shadow-pairs.ts';
import { absentWithoutOutcomes } from '../absent-parts.ts';
import { unknownModel } from '../chosen-model.ts';
import { performancePage } from '../pages/performance-page.ts';
import { sendPage, wantsPage } from '../pages/send-page.ts';
import { queryValue } from '../query-value.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const daySeconds = 86_400;

/**
 * `GET /performance` of the admin listener: realised and estimated performance of this replica side by side, and slow
 * deviations of outcomes over all days since the start; for each model version in use, or those of the model that
 * `?model=` names, and for each shadow next to the model it follows.
 */
export function addPerformanceRoute(router: AppRouter, service: Service): void {
  router.get('/performance', (context) => {
    service.intake.settle();
    const known = askedFor(service, queryValue(context.req, 'model'));
    const maturityDays = service.config.OUTCOME_MATURITY_DAYS;
    const models = known.map((model) => describe(model, monitorOf(service, model)));
    const shadows = service.shadows
      .pairs()
      .filter(({ champion, shadow }) => known.includes(champion) || known.includes(shadow))
      .map(describePair);
    if (wantsPage(context)) {
      const shown = known.map((model, i) => ({ known: model, told: models[i] }));
      sendPage(context, performancePage(shown, shadows, maturityDays, service.deployments));
    } else sendJson(context, JSON.stringify({ maturityDays, models, shadows }));
  });
}

/** All versions in use, or those of a model, which may no longer answer. @throws Problem if there are none */
function askedFor({ models }: Service, name: string | undefined): readonly KnownModel[] {
  const known = models.all();
  if (name === undefined) return known;
  const named = known.filter((model) => model.name === name);
  if (named.length === 0) throw unknownModel();
  return named;
}

/** The counts of a version's inputs; `undefined` if it has answered none since the start. */
function monitorOf({ deployments }: Service, model: KnownModel): Monitor | undefined {
  const { answering } = deployments;
  return [...answering, ...deployments.retired()].find(({ known }) => known === model)?.monitor;
}

/** What is said of one model version. */
export type PerformanceOf = ReturnType<typeof describe>;
/** What is said of a shadow beside the model it follows. */
export type ShadowOf = ReturnType<typeof describePair>;

function describe(known: KnownModel, monitor: Monitor | undefined) {
  const { name, version } = known;
  const learnt = learntFromOutcomes(known.artifact);
  return {
    model: { name, version },
    sinceStart: describeWindow(known, monitor),
    windows: Object.fromEntries(
      windowNames.map((window) => [window, describeWindow(known, monitor, window)]),
    ) as Record<WindowName, ReturnType<typeof describeWindow>>,
    slowOutcomes: learnt ? { rule: slowOutcomesRule, ...known.performance.slowOutcomes() } : null,
    evaluation: learnt?.evaluation ?? null,
    comparedWith: learnt ? comparedWith(learnt.evaluation, learnt.bins) : null,
    withoutOutcomes: absentWithoutOutcomes(known.artifact),
    protectedWithoutOutcomes: known.groupOutcomes.groups.leftOut,
  };
}

function describeWindow(
  { artifact, classes, performance, delays, groupOutcomes }: KnownModel,
  monitor: Monitor | undefined,
  window?: WindowName,
) {
  const scoreBins = learntFromOutcomes(artifact)?.bins;
  const outcomeDelays = window === undefined ? delays.histograms : delays.window(window);
  const live = livePerformance(performance, scoreBins, window);
  const sums = window === undefined ? performance.sums : performance.window(window);
  const inputs = window === undefined ? monitor?.totals : monitor?.window(window);
  const outcomes = window === undefined ? groupOutcomes.totals : groupOutcomes.window(window);
  return {
    ...live,
    estimated: scoreBins
      ? { ...live.estimated, trust: judgeTrust(performance.cells, sums, scoreBins, monitor, inputs) }
      : null,
    groups: groupRates(groupOutcomes, outcomes, live.coverage.isIdentified),
    outcomeDelays: Object.fromEntries(classes.map((name, i) => [name, describeDelays(outcomeDelays[i])])),
  };
}

/** Champion next to shadow, on the rows that both have scored since the start. */
function describePair({ champion, shadow, counts }: ShadowPair) {
  const named = ({ name, version }: KnownModel) => ({ name, version });
  const { classes } = champion;
  const predictions = classes.flatMap((one, i) =>
    classes.map((other, j) => ({
      champion: one,
      shadow: other,
      rows: counts.agreement[classes.length * i + j],
    })),
  );
  const sum = (some: typeof predictions) => some.reduce((rows, one) => rows + one.rows, 0);
  const rows = sum(predictions);
  return {
    champion: named(champion),
    shadow: named(shadow),
    rows,
    agreement: rows === 0 ? null : sum(predictions.filter((one) => one.champion === one.shadow)) / rows,
    predictions,
    ...counts.performance(),
  };
}

/** Over all accepted outcomes, whether they count yet or not. */
function describeDelays(delays: BucketCounts) {
  const days = (quantile: number) => {
    const seconds = histogramQuantile(delays, quantile);
    return seconds === null ? null : seconds / daySeconds;
  };
  return { outcomes: histogramCount(delays), p50Days: days(0.5), p95Days: days(0.95) };
}
