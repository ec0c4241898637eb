import {
  formatAmount,
  formatCount,
  formatEffect,
  formatPsi,
  formatShare,
  formatTime,
  signs,
} from '../../text/format.ts';
import type { DriftReport, ReportVariable } from '../compute/drift-report.ts';
import { describeExpectedShare } from '../compute/expected-share.ts';
import { slowlyDrifting } from '../describe/describe-slow-drift.ts';
import { formatAlarmValue } from './format-alarm-value.ts';
import { type Html, html } from './html.ts';
import { histogram, histogramLegend, histogramRules, overTimeChart } from './page-charts.ts';
import { methodSection } from './page-method.ts';
import { segmentSection } from './page-segments.ts';
import { fact, renderPage } from './page-shell.ts';
import { togetherSection } from './page-together.ts';
import { badge, formatChange, variableSection } from './page-variable.ts';

const scoreTitle = 'Score of the model';

/** So many drifting features are opened; the rest are a click away. */
const maxOpen = 3;

/**
 * The report as one page that needs nothing else: no network, no script.
 *
 * @param performance sections on how well the model did, if outcomes are known
 */
export function renderHtml(report: DriftReport, performance: Html | null = null): string {
  const { model } = report;
  return renderPage({
    style: histogramRules([...report.features, ...(report.score === null ? [] : [report.score])]),
    title: model === null ? 'Drift report' : `Drift report: ${model.name} ${model.version}`,
    header: html`<p class="kicker">Drift report${model !== null && ` · model ${model.name}, version ${model.version}`}</p>
<h1 class="${report.verdict}"><span class="sign" aria-hidden="true">${signs[report.verdict]} </span>${report.headline}</h1>
${report.consequence !== null && html`<p class="lead">${report.consequence}</p>`}
${facts(report)}`,
    main: html`${overview(report)}
${featureSections(report)}
${segmentSection(report)}
${togetherSection(report)}
${scoreSection(report)}
${overTimeSection(report)}
${alarmSection(report)}
${performance}
${dataSection(report)}
${methodSection(report)}`,
    footer: html`Written by Vigia from ${formatCount(report.live.samples)} live ${report.live.kind}.`,
  });
}

const originWords = {
  training: 'rows that the model file was made from',
  traffic: 'rows of accepted traffic',
  file: 'rows of the reference file',
} as const;

function facts({ live, reference, features, score, predictions }: DriftReport): Html {
  const drifting = features.filter(({ verdict }) => verdict === 'drifting').length;
  const period =
    live.from === null || live.to === null ? null : `${formatTime(live.from)} – ${formatTime(live.to)} UTC`;
  const [first] = predictions ?? [];
  return html`<dl class="facts">
${fact('Live', `${formatCount(live.samples)} ${live.kind}`, period)}
${fact('Reference', formatCount(reference.samples), originWords[reference.origin])}
${fact('Features drifting', `${drifting} of ${features.length}`, describeOthers(features))}
${score !== null && fact('Scores', badge(score.verdict), `PSI ${formatPsi(score.psi)}, threshold ${formatPsi(score.threshold)}`)}
${first !== undefined && fact(`Predicted ‘${first.class}’`, formatShare(first.live), first.reference === null ? null : `${formatShare(first.reference)} in the reference`)}
</dl>`;
}

function describeOthers(features: readonly ReportVariable[]): string | null {
  const count = (verdict: ReportVariable['verdict']) =>
    features.filter((feature) => feature.verdict === verdict).length;
  const [moved, doubtful] = [count('moved'), count('undetermined')];
  const slow = slowlyDrifting(features).length;
  const parts = [
    ...(moved > 0 ? [`${moved} moved, not enough for an alert`] : []),
    ...(slow > 0 ? [`${slow} ${slow === 1 ? 'drifts' : 'drift'} slowly`] : []),
    ...(doubtful > 0 ? [`${doubtful} cannot be judged`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : null;
}

function overview({ features, score }: DriftReport): Html {
  const knowsEffect = features.some(({ effect }) => effect !== null);
  const knowsChange = !knowsEffect && features.some(({ logOddsChange }) => logOddsChange !== null);
  // Roles are said, for a browser that lays a row out as a grid takes it for no row.
  const cell = (content: Html | string, className: string) =>
    html`<td role="cell" class="${className}">${content}</td>`;
  const row = (variable: ReportVariable, href: string, name: string) => html`<tr role="row">
<th scope="row" role="rowheader"><a href="#${href}">${name}</a></th>${cell(histogram(variable, null), 'spark')}
${cell(formatPsi(variable.psi), 'n')}${cell(formatPsi(variable.threshold), 'n wide')}${
  knowsEffect && cell(formatEffect(variable.effect), 'n wide')
}${
  knowsChange && cell(variable.logOddsChange === null ? '–' : formatChange(variable.logOddsChange), 'n wide')
}
${cell(badge(variable.verdict), '')}</tr>`;
  const head = (name: string, className = '') =>
    html`<th scope="col" role="columnheader" class="${className}">${name}</th>`;
  return html`<section aria-labelledby="overview"><h2 id="overview">Which features drifted?</h2>
${histogramLegend()}
<table class="overview" role="table">
<thead role="rowgroup"><tr role="row">${head('Feature')}${head('Distribution', 'spark')}${head('PSI', 'n')}${head('Threshold', 'n wide')}${
    knowsEffect && head('Effect', 'n wide')
  }${knowsChange && head('Moves score by', 'n wide')}${head('Verdict')}</tr></thead>
<tbody role="rowgroup">${features.map((feature, i) => row(feature, `feature-${i + 1}`, feature.name))}${
    score !== null && row(score, 'score', scoreTitle)
  }</tbody>
</table></section>`;
}

function featureSections(report: DriftReport): Html {
  const sections = report.features.map((feature, i) =>
    variableSection(feature, report, {
      id: `feature-${i + 1}`,
      title: feature.name,
      isOpen: i === 0 || (i < maxOpen && feature.verdict === 'drifting'),
    }),
  );
  return html`<section aria-labelledby="changes"><h2 id="changes">What changed?</h2>${histogramLegend()}${sections}</section>`;
}

function scoreSection(report: DriftReport): Html | null {
  const { score, predictions, expectedShare, positive } = report;
  if (score === null && predictions === null) return null;
  const rows = predictions?.map(
    ({ class: name, reference, live }) =>
      html`<tr><th scope="row">${name}</th><td class="n">${reference === null ? '–' : formatShare(reference)}</td><td class="n">${formatShare(live)}</td></tr>`,
  );
  return html`<section aria-labelledby="scores"><h2 id="scores">Did scores and predictions change?</h2>
${score !== null && variableSection(score, report, { id: 'score', title: scoreTitle, isOpen: score.verdict === 'drifting' })}
${
  rows !== undefined &&
  html`<table><caption>Share of each predicted class</caption>
<thead><tr><th scope="col">Prediction</th><th scope="col" class="n">Reference</th><th scope="col" class="n">Live</th></tr></thead>
<tbody>${rows}</tbody></table>`
}
${expectedShare !== null && positive !== null && html`<p>${describeExpectedShare(expectedShare, positive)}</p>`}</section>`;
}

function overTimeSection({ features, score, stepSeconds, live }: DriftReport): Html | null {
  if (stepSeconds === null) return null;
  const variables = score === null ? features : [...features, score];
  const titleOf = (variable: ReportVariable) => (variable === score ? scoreTitle : variable.name);
  const steps = variables[0].overTime;
  const end = new Date(Date.parse(steps[steps.length - 1].from) + stepSeconds * 1000);
  const ends = html`<div class="ends" aria-hidden="true"><span>${formatTime(steps[0].from)}</span><span>${formatTime(end.toISOString())}</span></div>`;
  return html`<section aria-labelledby="time"><h2 id="time">When did it change?</h2>
<p>The PSI of each ${formatStep(stepSeconds)} by itself. Within the grey it is no drift; a dot is a step that drifts.</p>
<p class="legend"><span class="l">PSI of live ${live.kind}</span><span class="m">threshold</span></p>
<div class="multiples">${variables.map(
    (variable) =>
      html`<figure><figcaption><b>${titleOf(variable)}</b>${badge(variable.verdict)}</figcaption>${overTimeChart(variable, stepSeconds)}${ends}</figure>`,
  )}</div>
<details><summary>Figures over time</summary><div class="body scroll" tabindex="0" role="region" aria-label="PSI over time">
<table><thead><tr><th scope="col">From (UTC)</th><th scope="col" class="n">Counted</th>${variables.map((variable) => html`<th scope="col" class="n">${titleOf(variable)}</th>`)}</tr></thead>
<tbody>${steps.map((step, i) => html`<tr><th scope="row">${formatTime(step.from)}</th><td class="n">${formatCount(step.samples)}</td>${variables.map(({ overTime }) => html`<td class="n">${formatPsi(overTime[i].psi)}${overTime[i].verdict === 'drifting' && ' ▲'}</td>`)}</tr>`)}</tbody>
</table></div></details></section>`;
}

/** `5 minutes`, `hour`, `day` */
function formatStep(seconds: number): string {
  const [size, unit] =
    seconds >= 86_400 ? [86_400, 'day'] : seconds >= 3600 ? [3600, 'hour'] : [60, 'minute'];
  return seconds === size ? unit : formatAmount(seconds / size, unit);
}

function alarmSection({ alarms }: DriftReport): Html | null {
  if (alarms === null) return null;
  if (alarms.length === 0) {
    return html`<section aria-labelledby="alarms"><h2 id="alarms">Which alerts would have fired?</h2><p>None: the alert rules, replayed over this time, stay silent.</p></section>`;
  }
  return html`<section aria-labelledby="alarms"><h2 id="alarms">Which alerts would have fired?</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Alerts"><table><caption>The alert rules replayed over the live rows; times are UTC</caption>
<thead><tr><th scope="col">Alert</th><th scope="col">Feature</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="n">At most</th></tr></thead>
<tbody>${alarms.map(
    (alarm) =>
      html`<tr><th scope="row">${alarm.alert} (${alarm.severity})</th><td>${alarm.feature ?? 'all'}</td><td>${formatTime(alarm.from)}</td><td>${alarm.to === null ? 'the end' : formatTime(alarm.to)}</td><td class="n">${formatAlarmValue(alarm)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function dataSection({ live, notes }: DriftReport): Html | null {
  const { damagedLines, damaged, otherVersions } = live;
  const items = [
    ...otherVersions.map(
      ({ version, samples }) =>
        `${formatCount(samples)} ${live.kind} are of model version ${version} and were left out.`,
    ),
    ...(damagedLines > 0
      ? [
          `${formatAmount(damagedLines, 'line')} could not be read and ${damagedLines === 1 ? 'was' : 'were'} skipped.`,
        ]
      : []),
    ...damaged.map(({ source, line, reason }) => `${source}, line ${line}: ${reason}`),
    ...notes,
  ];
  if (items.length === 0) return null;
  return html`<section aria-labelledby="data"><h2 id="data">What was left out?</h2><ul class="method">${items.map((item) => html`<li>${item}</li>`)}</ul></section>`;
}
