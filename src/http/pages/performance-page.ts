import type { Deployments } from '../../deployments/deployments.ts';
import { learntFromOutcomes } from '../../model/learnt.ts';
import {
  describePerformance,
  performanceColors,
  performanceSigns,
} from '../../monitor/describe-performance.ts';
import { judgePerformance } from '../../monitor/performance-verdict.ts';
import type { KnownModel } from '../../outcomes/known-model.ts';
import { type Html, html } from '../../report/render/html.ts';
import type { Page } from '../../report/render/page-shell.ts';
import { formatAmount, formatCount, formatShare } from '../../text/format.ts';
import { absentWithoutOutcomes } from '../absent-parts.ts';
import { windowWords } from '../home/home-verdict.ts';
import type { PerformanceOf, ShadowOf } from '../routes/performance-route.ts';
import { frame, frameStyle } from './frame.ts';
import { modelQuery } from './page-links.ts';
import { formatFigure, promisedFigures } from './shown-figure.ts';

const figures = [
  ['Accuracy', 'accuracy'],
  ['Precision', 'precision'],
  ['Recall', 'recall'],
  ['F1', 'f1'],
  ['ROC AUC', 'rocAuc'],
] as const;

const spans = ['sinceStart', '24h', '1h'] as const;

type Span = (typeof spans)[number];

/** What `/performance` says of one model version, of each span. */
export type ShownModel = { readonly known: KnownModel; readonly told: PerformanceOf };

/** What `/performance` says in JSON, for people. */
export function performancePage(
  models: readonly ShownModel[],
  shadows: readonly ShadowOf[],
  maturityDays: number,
  deployments: Deployments,
): Page {
  const [first] = models;
  const query = modelQuery(first.known.name, deployments);
  const isOne = models.length === 1;
  return {
    title: `Performance: ${isOne ? `${first.known.name} ${first.known.version}` : formatAmount(models.length, 'version')}`,
    style: frameStyle,
    header: html`${frame(query, '/performance', `Performance · this replica alone, since its start · ${maturityDays === 0 ? 'outcomes count at once' : `an outcome counts once its prediction is ${formatAmount(maturityDays, 'day')} old`}`)}
${isOne ? verdict(first, 'h1') : html`<h1>Performance of ${formatAmount(models.length, 'model version')}</h1>`}`,
    main: html`${models.map((model) => modelSection(model, isOne))}
${shadows.map(shadowSection)}`,
    footer: html`Programs get this page as JSON, as <code>curl</code> does; so does a browser that asks for <code>application/json</code>.`,
  };
}

function verdict({ known, told }: ShownModel, tag: 'h1' | 'p'): Html {
  const judged = judgePerformance(told.sinceStart, learntFromOutcomes(known.artifact));
  const sign = html`<span class="sign" aria-hidden="true">${performanceSigns[judged.verdict]} </span>`;
  const [, positive] = known.classes;
  const color = performanceColors[judged.verdict];
  const sentence = describePerformance(judged, positive);
  return tag === 'h1'
    ? html`<h1 class="${color}">${sign}${sentence}</h1>`
    : html`<p class="lead ${color}">${sign}${sentence}</p>`;
}

function modelSection(model: ShownModel, isOne: boolean): Html {
  const { known, told } = model;
  const title = `${known.name} ${known.version}`;
  return html`<h2>${isOne ? `Figures of ${title}` : title}</h2>
${!isOne && verdict(model, 'p')}
${trustOf(told)}
${figuresTable(model)}
${coverageOf(model)}
${absentWithoutOutcomes(known.artifact) !== null && html`<p class="quiet">Nothing is estimated: ${absentWithoutOutcomes(known.artifact)}.</p>`}`;
}

const spanWords = (span: Span) => (span === 'sinceStart' ? 'since the start' : windowWords[span]);

const windowOf = (told: PerformanceOf, span: Span) =>
  span === 'sinceStart' ? told.sinceStart : told.windows[span];

/** Those that hold other rows than the longer ones: after a start all are the same. */
function shownSpans(told: PerformanceOf): Span[] {
  const rowsOf = (span: Span) => {
    const { realised, estimated } = windowOf(told, span);
    return `${realised.samples} ${estimated?.samples}`;
  };
  return spans.filter((span, i) => i === 0 || rowsOf(span) !== rowsOf(spans[i - 1]));
}

/** Whether, and in which spans, what is estimated is not to be believed. */
function trustOf(told: PerformanceOf): Html | null {
  const doubts = shownSpans(told).flatMap((span) => {
    const trust = windowOf(told, span).estimated?.trust;
    return trust === undefined || trust.isTrusted ? [] : [{ span, reasons: trust.reasons }];
  });
  if (doubts.length === 0) return null;
  return html`<div class="doubt"><p><strong>Not to be trusted:</strong> the estimates (${doubts.map(({ span }) => spanWords(span)).join(', ')}) rest on inputs or scores that the reference does not cover. They assume that scores mean what they meant in training.</p>
<ul class="notes">${doubts[0].reasons.slice(0, 5).map((reason) => html`<li>${reason}</li>`)}${doubts[0].reasons.length > 5 && html`<li>and ${formatAmount(doubts[0].reasons.length - 5, 'more reason')}</li>`}</ul></div>`;
}

function figuresTable({ known, told }: ShownModel): Html {
  const learnt = learntFromOutcomes(known.artifact);
  const promised = learnt && promisedFigures(learnt);
  const cell = (value: Html | string) => html`<td class="n">${value}</td>`;
  const shown = shownSpans(told);
  const head = (span: Span) =>
    html`<th scope="col" class="n">Realised</th><th scope="col" class="n">Estimated${windowOf(told, span).estimated?.trust.isTrusted === false && html` <span class="badge undetermined"><span aria-hidden="true">? </span>not to be trusted</span>`}</th>`;
  const rows = figures.map(
    ([title, name]) =>
      html`<tr><th scope="row">${title}</th>${cell(formatFigure(promised?.[name]))}${shown.map((span) => {
        const { realised, estimated } = windowOf(told, span);
        return html`${cell(formatFigure(realised[name]))}${cell(formatFigure(estimated?.[name]))}`;
      })}</tr>`,
  );
  const scores = (['brier', 'logLoss'] as const).map(
    (name) =>
      html`<tr><th scope="row">${name === 'brier' ? 'Brier score' : 'Log-loss'}</th>${cell(formatFigure(promised?.[name]))}${shown.map((span) => html`${cell(windowOf(told, span).realised[name]?.toFixed(3) ?? '–')}${cell('')}`)}</tr>`,
  );
  const counts = html`<tr><th scope="row">Rows</th>${cell(learnt === undefined ? '–' : formatCount(learnt.rows))}${shown.map(
    (span) => {
      const { realised, estimated } = windowOf(told, span);
      return html`${cell(formatCount(realised.samples))}${cell(estimated === null ? '–' : formatCount(Math.round(estimated.samples ?? 0)))}`;
    },
  )}</tr>`;
  return html`<p class="quiet">Realised: of the outcomes that count. Estimated: of all predictions, without their outcomes. Promised: what the model file says of rows that the model was not fitted on.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Figures of ${known.name} ${known.version}"><table>
<thead><tr><th scope="col" rowspan="2">Figure</th><th scope="col" class="n" rowspan="2">Promised</th>${shown.map((span) => html`<th scope="colgroup" class="n" colspan="2">${spanWords(span)}</th>`)}</tr>
<tr>${shown.map(head)}</tr></thead>
<tbody>${rows}${scores}${counts}</tbody></table></div>`;
}

function coverageOf({ known, told }: ShownModel): Html {
  const { coverage, observedExpected, realised, outcomeDelays } = told.sinceStart;
  const { all, byDecision, isIdentified } = coverage;
  const [, positive] = known.classes;
  const share = (value: number) => formatShare(Math.min(1, value));
  const ofDecisions = byDecision.flatMap((decision, i) =>
    decision.share === null ? [] : `${share(decision.share)} of those predicted ‘${known.classes[i]}’`,
  );
  const delays = Object.entries(outcomeDelays).flatMap(([name, { outcomes, p50Days, p95Days }]) =>
    outcomes === 0 || p50Days === null || p95Days === null
      ? []
      : `Half of the outcomes ‘${name}’ came within ${days(p50Days)}, 95 % within ${days(p95Days)}.`,
  );
  return html`<ul class="notes">
<li>${
    all.share === null
      ? 'No prediction is old enough for its outcome to count.'
      : `Outcomes are known for ${formatCount(all.labelled)} of ${formatAmount(all.predictions, 'prediction')} that are old enough (${share(all.share)}): ${ofDecisions.join(', ')}.`
  }${!isIdentified && ' Accuracy, recall, F1 and AUC of all predictions cannot be told: one decision has hardly any outcomes.'}</li>
${observedExpected !== null && realised.samples > 0 && html`<li>${formatCount(observedExpected.observed)} were ‘${positive}’; the scores predict ${formatCount(Math.round(observedExpected.expected))}.</li>`}
${delays.map((text) => html`<li>${text}</li>`)}
</ul>`;
}

function days(value: number): string {
  return value < 1
    ? `${formatCount(Math.max(1, Math.round(24 * value)))} h`
    : `${Number(value.toFixed(1))} d`;
}

function shadowSection({ champion, shadow, rows, agreement, outcomes, ...compared }: ShadowOf): Html {
  const names = [
    ['Accuracy', compared.accuracy],
    ['Brier score', compared.brierScore],
    ['ROC AUC', compared.rocAuc],
  ] as const;
  const number = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(3));
  return html`<h2>${shadow.name} ${shadow.version} as a shadow of ${champion.name} ${champion.version}</h2>
<p>On ${formatAmount(rows, 'row')} that both have scored they predict the same class in ${agreement === null ? '–' : formatShare(agreement)}. ${outcomes === 0 ? 'No outcome of these rows is known.' : `Outcomes are known of ${formatCount(outcomes)}:`}</p>
${
  outcomes > 0 &&
  html`<div class="scroll" tabindex="0" role="region" aria-label="Comparison with the shadow"><table><thead><tr><th scope="col">Figure</th><th scope="col" class="n">Champion</th><th scope="col" class="n">Shadow</th><th scope="col" class="n">Difference</th><th scope="col" class="n">95 % interval</th></tr></thead>
<tbody>${names.map(([title, { champion: one, shadow: other, difference }]) => html`<tr><th scope="row">${title}</th><td class="n">${number(one)}</td><td class="n">${number(other)}</td><td class="n">${number(difference?.value)}</td><td class="n">${difference && `${difference.low.toFixed(3)} – ${difference.high.toFixed(3)}`}</td></tr>`)}</tbody></table></div>`
}`;
}
