import type { Deployment } from '../../deployments/deployment.ts';
import { historyStepMs, type PsiStep } from '../../history/drift-steps.ts';
import { scoreFeature } from '../../model/artifact.ts';
import { isWhole } from '../../model/features.ts';
import { type LiveDrift, variableDrift } from '../../monitor/live-drift.ts';
import type { VariableLayout } from '../../monitor/monitor.ts';
import { type WindowName, windowNames } from '../../monitor/windows.ts';
import { type Html, html } from '../../report/render/html.ts';
import {
  type ChartedFigure,
  histogramFigure,
  histogramLegend,
  histogramRules,
  overTimeChart,
} from '../../report/render/page-charts.ts';
import type { Page } from '../../report/render/page-shell.ts';
import { badge } from '../../report/render/page-variable.ts';
import { missingBin, unseenBin } from '../../stats/binning.ts';
import { driftThreshold } from '../../stats/drift.ts';
import { samplesNeeded } from '../../stats/samples-needed.ts';
import { sumCounts } from '../../stats/smoothing.ts';
import { binNames } from '../../text/bin-names.ts';
import {
  capitalise,
  formatAmount,
  formatCount,
  formatEffect,
  formatPsi,
  formatShare,
  formatTime,
  signs,
} from '../../text/format.ts';
import { describeUnitGuess } from '../../text/unit-guess.ts';
import { breakableName } from '../home/breakable-name.ts';
import { chartedDrift } from '../home/home-features.ts';
import { windowWords } from '../home/home-verdict.ts';
import { frame, frameStyle, modelKicker } from './frame.ts';
import { quantileTable } from './quantile-table.ts';
import { type KeptSamples, unusualSection } from './unusual-section.ts';

/** What the page of one variable shows beside the counts of its model. */
export type FeatureContext = {
  readonly config: KeptSamples;
  readonly psiOverTime: readonly PsiStep[];
  readonly nowMs: number;
  /** Of `modelQuery`. */
  readonly query: string;
};

/** One window of the variable. */
type Look = { readonly window: WindowName; readonly drift: LiveDrift };

/** @param place of the feature, or of the score, in `monitor.variables` */
export function featurePage(deployment: Deployment, place: number, context: FeatureContext): Page {
  const { artifact, monitor } = deployment;
  const variable = monitor.variables[place];
  const looks = windowNames.map((window) => ({
    window,
    drift: variableDrift(variable, monitor.window(window)),
  }));
  // the shortest window that shows drift, else the longest
  const decisive = looks.find(({ drift }) => drift.verdict === 'drifting') ?? looks[looks.length - 1];
  const charted = looks.map(({ window, drift }) => chartedOf(deployment, place, drift, window));
  const name = nameOf(variable);
  const { verdict } = decisive.drift;
  return {
    title: `${name}: ${artifact.name} ${artifact.version}`,
    style: `${frameStyle}${histogramRules(charted)}`,
    header: html`${frame(context.query, null, modelKicker(artifact))}
<h1 class="${verdict}"><span class="sign" aria-hidden="true">${signs[verdict]} </span>${breakableName(name)} ${headline(variable, decisive)}</h1>
${verdict === 'drifting' && html`<p class="lead">${evidence(decisive.drift)}</p>`}`,
    main: html`<h2 id="distribution">What do its values look like?</h2>
${histogramLegend()}
${looks.map((look, i) => windowFigure(variable, look, charted[i], look === decisive))}
${variable.bins.kind === 'numeric' && quantileTable(deployment, place, looks)}
${shareTable(variable, looks)}
${overTimeSection(variable, decisive.drift, looks, context)}
${place < monitor.variables.length - 1 && unusualSection(deployment, place, context.config, context.nowMs)}`,
    footer: html`<a href="/drift${context.query}">All features</a> · The counts of all bins are in <a href="/drift${context.query}">/drift</a> as JSON.`,
  };
}

function nameOf({ name }: VariableLayout): string {
  return name === scoreFeature ? 'The score' : name;
}

function headline(variable: VariableLayout, { window, drift }: Look): string {
  const where = `in the ${windowWords[window]}`;
  if (drift.samples === 0) return 'cannot be judged yet: there are no requests.';
  if (drift.verdict === 'drifting')
    return `drifts ${where}${drift.unit === null ? '.' : `, ${describeUnitGuess(drift.unit)}`}`;
  if (drift.verdict === 'moved') return `has moved ${where}, but too little for an alert.`;
  if (drift.verdict === 'stable') return `is stable ${where}.`;
  const needed = samplesNeeded(drift, variable.bins, variable.counts);
  return needed === null
    ? 'cannot be judged: the reference is too small.'
    : `cannot be judged yet: ${formatAmount(needed, 'more request')} needed.`;
}

function evidence({ psi, psiNoiseCeiling, effect, samples }: LiveDrift): string {
  const size =
    effect === null ? '' : ` The move shifts the scores by ${formatEffect(effect)} standard deviations.`;
  return `PSI ${formatPsi(psi)} on ${formatAmount(samples, 'request')}; the threshold is ${formatPsi(driftThreshold(psiNoiseCeiling))}.${size}`;
}

function chartedOf(
  { artifact, monitor }: Deployment,
  place: number,
  drift: LiveDrift,
  window: WindowName,
): ChartedFigure {
  const feature = artifact.features.at(place);
  return {
    ...chartedDrift(drift),
    name: nameOf(monitor.variables[place]),
    sentence: `In the ${windowWords[window]}: ${drift.verdict}.`,
    wholeNumbers: place < artifact.features.length && feature?.kind === 'numeric' && isWhole(feature),
  };
}

function windowFigure(variable: VariableLayout, look: Look, charted: ChartedFigure, isOpen: boolean): Html {
  const { drift, window } = look;
  const figures =
    drift.samples === 0
      ? 'no requests'
      : `PSI ${formatPsi(drift.psi)}, threshold ${formatPsi(driftThreshold(drift.psiNoiseCeiling))}, ${formatAmount(drift.samples, 'request')}`;
  return html`<details${isOpen && html` open`}><summary><h3>${capitalise(windowWords[window])}</h3>${badge(drift.verdict)}<p>${figures}</p></summary>
<div class="body">${drift.verdict === 'undetermined' && html`<p class="quiet">No bars before there is enough to tell: it ${headline(variable, look)}</p>`}${histogramFigure(charted)}${binsTable(charted, drift)}</div></details>`;
}

function binsTable(charted: ChartedFigure, { bins, samples, referenceSamples }: LiveDrift): Html {
  const names = binNames(bins, charted.wholeNumbers);
  const cells = (count: number, total: number) =>
    html`<td class="n">${total > 0 ? formatShare(count / total) : '–'}</td><td class="n">${formatCount(Math.round(count))}</td>`;
  return html`<details><summary>Figures by bin</summary><div class="body scroll" tabindex="0" role="region" aria-label="Bins, ${charted.sentence}">
<table><thead><tr><th scope="col">Bin</th><th scope="col" class="n">Reference</th><th scope="col" class="n">rows</th><th scope="col" class="n">Live</th><th scope="col" class="n">rows</th></tr></thead>
<tbody>${bins.map((bin, i) => html`<tr><th scope="row">${names[i]}</th>${cells(bin.reference, referenceSamples)}${cells(bin.live, samples)}</tr>`)}</tbody></table></div></details>`;
}

/** How often the value is missing, unseen or out of range. */
function shareTable({ bins, counts, name }: VariableLayout, looks: readonly Look[]): Html {
  const rows = sumCounts(counts);
  const share = (value: number | null) =>
    html`<td class="n">${value === null ? '–' : formatShare(value)}</td>`;
  const isNumber = bins.kind === 'numeric';
  const shown = [
    ['Missing', counts[missingBin(bins)] / rows, (drift: LiveDrift) => drift.missing],
    ...(bins.kind === 'categorical'
      ? ([['Unseen', counts[unseenBin(bins)] / rows, (drift: LiveDrift) => drift.unseen]] as const)
      : []),
    ...(isNumber && name !== scoreFeature
      ? ([['Out of range', 0, (drift: LiveDrift) => drift.outsideRange]] as const)
      : []),
  ] as const;
  return html`<h2 id="shares">How often is there no usable value?</h2>
<p class="quiet">Shares of the rows. Out of range means beyond the least or the greatest value of the reference.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Shares"><table>
<thead><tr><th scope="col">Value</th><th scope="col" class="n">Reference</th>${looks.map(({ window }) => html`<th scope="col" class="n">${windowWords[window]}</th>`)}</tr></thead>
<tbody>${shown.map(([title, before, of]) => html`<tr><th scope="row">${title}</th>${share(before)}${looks.map(({ drift }) => share(of(drift)))}</tr>`)}</tbody></table></div>`;
}

function overTimeSection(
  variable: VariableLayout,
  { verdict }: LiveDrift,
  looks: readonly Look[],
  { psiOverTime, nowMs }: FeatureContext,
): Html {
  const hour = looks.find(({ window }) => window === '1h')?.drift;
  const from = new Date(nowMs - historyStepMs).toISOString();
  const steps = [...psiOverTime, ...(hour === undefined ? [] : [{ ...hour, from }])];
  const known = steps.filter(({ psi }) => psi !== null);
  const title = html`<h2 id="time">When did it change?</h2>`;
  if (known.length === 0) return html`${title}<p>Nothing is known of the last 24 hours yet.</p>`;
  const startMs = Date.parse(known[0].from) - historyStepMs;
  return html`${title}
<p>The PSI of the hour before each five minutes of the last 24 hours. Within the grey it is no drift; a dot is a step that drifts.</p>
<p class="legend"><span class="l">PSI</span><span class="m">below the threshold</span></p>
<figure><figcaption>${badge(verdict)}</figcaption>${overTimeChart({ name: nameOf(variable), overTime: steps }, historyStepMs / 1000, startMs)}
<div class="ends" aria-hidden="true"><span>${formatTime(new Date(startMs).toISOString())}</span><span>${formatTime(new Date(nowMs).toISOString())} UTC</span></div></figure>`;
}
