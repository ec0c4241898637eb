import type { Deployment } from '../../deployments/deployment.ts';
import { scoreFeature } from '../../model/artifact.ts';
import { type LiveDrift, liveDrift } from '../../monitor/live-drift.ts';
import { type LiveSegment, liveSegments } from '../../monitor/live-segments.ts';
import type { VariableLayout } from '../../monitor/monitor.ts';
import type { LiveSlowDrift } from '../../monitor/slow-drift-watch.ts';
import { type WindowName, windowNames } from '../../monitor/windows.ts';
import { type Html, html } from '../../report/render/html.ts';
import { histogram } from '../../report/render/page-charts.ts';
import type { Page } from '../../report/render/page-shell.ts';
import { badge } from '../../report/render/page-variable.ts';
import { driftRule, driftThreshold } from '../../stats/drift.ts';
import { compareImportance, largeEffect } from '../../stats/effect.ts';
import { samplesNeeded } from '../../stats/samples-needed.ts';
import { formatAmount, formatEffect, formatPsi, signs } from '../../text/format.ts';
import { absentWithoutExplanation, absentWithoutOutcomes, absentWithoutPredictor } from '../absent-parts.ts';
import { queriedModel } from '../chosen-model.ts';
import { modelQuery } from '../pages/page-links.ts';
import { sendPage } from '../pages/send-page.ts';
import { queryValue } from '../query-value.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import type { Service } from '../service.ts';
import { describeSegment, nameInText, segmentList } from './admin-segments.ts';

/**
 * `GET /` of the admin listener: the verdicts at a glance, of the model that `?model=` names, and where the rest is. No
 * script, nothing from elsewhere.
 */
export function addAdminPage(router: AppRouter, service: Service): void {
  router.get('/', (context) => {
    sendPage(context, page(shownModel(context, service), service.deployments));
  });
}

/** One variable over all windows, the shortest first. */
type Row = { readonly variable: VariableLayout; readonly drifts: readonly LiveDrift[] };

const windowWords: Record<WindowName, string> = {
  '10m': 'last 10 minutes',
  '1h': 'last hour',
  '24h': 'last 24 hours',
};

/** On a narrow screen a variable takes two lines: its name and distribution, then a cell a window. The model that is shown is not marked as a link. */
const style = `
[aria-current]{color:inherit;font-weight:600;text-decoration:none}
.windows small{display:block;color:var(--muted);font-size:.8125rem}
.windows .spark{width:26%;padding-right:1.75rem}
@media (max-width:40rem){
.windows tr{display:grid;grid-template-columns:repeat(3,1fr);gap:0 .5rem;padding:.5rem 0;border-bottom:1px solid var(--rule)}
.windows th,.windows td{border:0;padding:.125rem 0;min-width:0;font-size:.8125rem}
.windows tbody th{font-size:1rem;align-self:center}
.windows .spark{width:auto;grid-column:2/-1}
.windows thead :is(th:first-child,.spark){display:none}
}`;

/** As elsewhere; where the choice is open, the first: the others are linked. */
function shownModel(context: RequestContext, service: Service): Deployment {
  const { default: unnamed, answering } = service.deployments;
  return unnamed === undefined && queryValue(context.req, 'model') === undefined
    ? answering[0]
    : queriedModel(context, service);
}

function page(deployment: Deployment, deployments: Service['deployments']): Page {
  const { answering } = deployments;
  const { artifact } = deployment;
  const absent = [
    absentWithoutPredictor(deployment),
    absentWithoutOutcomes(artifact),
    absentWithoutExplanation(deployment),
  ].filter((text) => text !== null);
  const query = modelQuery(artifact.name, deployments);
  const { rows, decisive, segments, sign, text } = judge(deployment);
  return {
    title: `${artifact.name} ${artifact.version}`,
    style,
    header: html`${modelLinks(deployment, sign, answering)}<p class="kicker">Live drift · model ${artifact.name}, version ${artifact.version}</p>
<h1 class="${sign}"><span class="sign" aria-hidden="true">${signs[sign]} </span>${text}</h1>
<p class="quiet">This replica alone; all replicas together are in Grafana. The limit is the larger of ${driftRule.minPsi} and what chance alone explains. The effect is how far the move shifts the scores, in their standard deviations; from ${largeEffect} on it is large.</p>`,
    // Roles are said, for a browser that lays a row out as a grid takes it for no row.
    main: html`<p class="legend"><span class="r">reference</span><span class="l">live, ${windowWords[windowNames[windowNames.length - 1]]}</span></p>
<table class="windows" role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Feature</th><th scope="col" role="columnheader" class="spark">Distribution</th>${windowNames.map((name) => html`<th scope="col" role="columnheader">${windowWords[name]}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(rowOf)}</tbody></table>
${segmentList(segments, windowWords[windowNames[decisive]])}
${
  absent.length > 0 &&
  html`<h2>What is absent, and why</h2>
<ul>${absent.map((text) => html`<li>${text.replace(/^./, (first) => first.toUpperCase())}.</li>`)}</ul>`
}`,
    footer: html`<a href="/drift${query}">/drift</a> this and both distributions · <a href="/performance${query}">/performance</a> outcomes ·
<a href="/models">/models</a> ·
<a href="/metrics">/metrics</a> for Prometheus · <a href="/ready">/ready</a>`,
  };
}

/** What the page says of a model, its features in order of importance. */
function judge({ monitor }: Deployment) {
  const windows = windowNames.map((window) => liveDrift(monitor, window));
  const variables = monitor.variables.map((variable, i) => ({
    variable,
    drifts: windows.map((drifts) => drifts[i]),
  }));
  const decisive = decisiveWindow(variables);
  const features = variables
    .slice(0, -1)
    .sort((a, b) => compareImportance(a.drifts[decisive], b.drifts[decisive]));
  const rows = [...features, ...variables.slice(-1)];
  const segments = liveSegments(monitor, windowNames[decisive]);
  return {
    rows,
    decisive,
    segments,
    ...headline(rows, decisive, monitor.slowDrift().variables, segments[0]),
  };
}

/** Where there are several models: all of them, by name, each with its verdict. */
function modelLinks(
  shown: Deployment,
  sign: keyof typeof signs,
  answering: readonly Deployment[],
): Html | '' {
  if (answering.length === 1) return '';
  const links = answering.map((deployment, i) => {
    const { name } = deployment.artifact;
    const current = deployment === shown ? html` aria-current="page"` : '';
    return html`${i > 0 && ' · '}<a href="/?model=${encodeURIComponent(name)}"${current}>${name}</a> ${badge(deployment === shown ? sign : judge(deployment).sign)}`;
  });
  return html`<nav class="kicker" aria-label="Models">${links}</nav>
`;
}

function rowOf({ variable, drifts }: Row): Html {
  const { name } = variable;
  const longest = drifts[drifts.length - 1];
  const charted = {
    ...longest,
    wholeNumbers: false,
    outsideRange: (longest.outsideRange ?? 0) * longest.samples,
  };
  return html`<tr role="row"><th scope="row" role="rowheader">${name === scoreFeature ? 'Score of the model' : name}</th><td role="cell" class="spark">${histogram(charted, null)}</td>${drifts.map(
    (drift) =>
      html`<td role="cell">${badge(drift.verdict)}${figuresOf(variable, drift).map((figure) => html`<small>${figure}</small>`)}</td>`,
  )}</tr>
`;
}

function figuresOf(variable: VariableLayout, drift: LiveDrift): string[] {
  const { samples, psi, psiNoiseCeiling, verdict, effect } = drift;
  if (samples === 0) return ['no requests'];
  const limit = driftThreshold(psiNoiseCeiling);
  return [
    verdict === 'undetermined'
      ? describeNeed(variable, drift)
      : `PSI\u00a0${formatPsi(psi)}, limit\u00a0${formatPsi(limit)}`,
    ...(effect === null || verdict === 'undetermined' ? [] : [`effect\u00a0${formatEffect(effect)}`]),
    formatAmount(samples, 'request'),
  ];
}

function describeNeed({ bins, counts }: VariableLayout, drift: LiveDrift): string {
  const needed = samplesNeeded(drift, bins, counts);
  return needed === null ? 'the reference is too small' : `${formatAmount(needed, 'more request')} needed`;
}

/** The shortest window that shows drift, else the longest. */
function decisiveWindow(variables: readonly Row[]): number {
  const drifting = windowNames.findIndex((_, i) =>
    variables.some(({ drifts }) => drifts[i].verdict === 'drifting'),
  );
  return drifting === -1 ? windowNames.length - 1 : drifting;
}

/**
 * The verdict of the decisive window: drift, slow drift of all days, drift within a segment, what moved, then what cannot
 * be told.
 */
function headline(
  rows: readonly Row[],
  decisive: number,
  slowDrift: readonly LiveSlowDrift[],
  worst: LiveSegment | undefined,
): { sign: keyof typeof signs; text: string } {
  const where = windowWords[windowNames[decisive]];
  const named = (verdict: LiveDrift['verdict']) =>
    rows
      .filter(({ drifts }) => drifts[decisive].verdict === verdict)
      .map(({ variable: { name } }) => nameInText(name));
  const drifting = named('drifting');
  if (drifting.length > 0) {
    return { sign: 'drifting', text: `Drift in the ${where}: ${drifting.join(', ')}.` };
  }
  const slow = slowDrift.flatMap(({ name, direction, forDays }) =>
    forDays === null ? [] : `${nameInText(name)} ${direction}, for about ${formatAmount(forDays, 'day')}`,
  );
  if (slow.length > 0) return { sign: 'drifting', text: `Slow drift: ${slow.join('; ')}.` };
  if (worst?.verdict === 'drifting') {
    return { sign: 'drifting', text: `Drift in the ${where} where ${describeSegment(worst)}.` };
  }
  const moved = named('moved');
  if (moved.length > 0) {
    return { sign: 'moved', text: `Moved in the ${where}, below what alarms: ${moved.join(', ')}.` };
  }
  const doubtful = named('undetermined');
  if (doubtful.length === 0) return { sign: 'stable', text: `No drift in the ${where}.` };
  const what =
    doubtful.length < rows.length
      ? ` whether these drifted: ${doubtful.join(', ')}`
      : rows.every(({ drifts }) => drifts[decisive].samples === 0)
        ? ': there are no requests'
        : ': there are too few requests';
  return { sign: 'undetermined', text: `Cannot tell yet${what}.` };
}
