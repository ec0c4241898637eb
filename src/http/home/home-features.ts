import type { LiveDrift } from '../../monitor/live-drift.ts';
import type { VariableLayout } from '../../monitor/monitor.ts';
import { windowNames } from '../../monitor/windows.ts';
import { type Html, html } from '../../report/render/html.ts';
import { histogram, histogramLegend } from '../../report/render/page-charts.ts';
import { badge } from '../../report/render/page-variable.ts';
import { driftRule, driftThreshold } from '../../stats/drift.ts';
import { largeEffect } from '../../stats/effect.ts';
import { samplesNeeded } from '../../stats/samples-needed.ts';
import { formatAmount, formatEffect, formatPsi } from '../../text/format.ts';
import { describeUnitGuess } from '../../text/unit-guess.ts';
import { featurePath } from '../pages/page-links.ts';
import { breakableName, variableTitle } from './breakable-name.ts';
import type { Overview, WatchedVariable } from './home-overview.ts';
import { windowWords } from './home-verdict.ts';

/** So many variables are shown with their charts. The others follow in a list that can be opened. */
const maxCharted = 24;

const longest = windowNames.length - 1;

/** The variables that matter most, and the score. */
export function chartedOf(variables: readonly WatchedVariable[]): readonly WatchedVariable[] {
  return [...variables.slice(0, -1).slice(0, maxCharted), ...variables.slice(-1)];
}

/** What the verdicts and the effects in a table mean. */
export const columnsExplained = html`<p class="quiet">A feature drifts when its PSI is above the threshold, the larger of ${driftRule.minPsi} and what chance alone explains. The effect is how far the move shifts the scores, in their standard deviations; from ${largeEffect} on it is large.</p>`;

/** Every variable: its distribution, its PSI over time, and its verdict in each window. */
export function featureSection(overview: Overview, query: string): Html {
  const { variables } = overview;
  const charted = chartedOf(variables);
  const others = variables.slice(0, -1).slice(maxCharted);
  // Roles are said, for a browser that lays a row out as a grid takes it for no row.
  return html`<h2 id="features">Which features drift?</h2>
${histogramLegend(`live, ${windowWords[windowNames[longest]]}; no bars before there is enough to tell`)}
<p class="legend"><span class="l">PSI of the hour before each five minutes</span><span class="m">below the threshold</span></p>
<table class="windows" role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader" class="name">Feature</th><th scope="col" role="columnheader" class="spark">Distribution</th><th scope="col" role="columnheader" class="spark">PSI, last 24 hours</th>${windowNames.map((name, i) => html`<th scope="col" role="columnheader">${windowWords[name]}<small>${formatAmount(variables[0].drifts[i].samples, 'request')}</small></th>`)}</tr></thead>
<tbody role="rowgroup">${charted.map((variable) => rowOf(variable, overview, query))}</tbody></table>
${others.length > 0 && otherFeatures(others, overview, query)}
${columnsExplained}`;
}

/** Its place names a row, so that it stays the same element when the order changes. */
function rowOf({ variable, place, drifts }: WatchedVariable, { charts }: Overview, query: string): Html {
  return html`<tr role="row" id="variable-${place}"><th scope="row" role="rowheader"><a href="${featurePath(variable.name, query)}">${variableTitle(variable.name)}</a>${unitOf(drifts)}</th><td role="cell" class="spark">${histogram({ ...chartedDrift(drifts[longest]), wholeNumbers: false }, null)}</td><td role="cell" class="spark">${charts.get(place) ?? ''}</td>${drifts.map(
    (drift) =>
      html`<td role="cell">${badge(drift.verdict)}${figuresOf(variable, drift).map((figure) => html`<small>${figure}</small>`)}</td>`,
  )}</tr>
`;
}

/** The other unit that it seems to be in, in the shortest window that shows it. */
function unitOf(drifts: readonly LiveDrift[]): Html | '' {
  const unit = drifts.find((drift) => drift.unit !== null)?.unit ?? null;
  return unit === null ? '' : html`<small>${describeUnitGuess(unit)}</small>`;
}

/** What a histogram shows: no bars before there is enough to tell, as those of a few rows look like drift. */
export function chartedDrift(drift: LiveDrift) {
  const { samples, outsideRange, bins, verdict } = drift;
  return verdict === 'undetermined'
    ? { ...drift, samples: 0, bins: bins.map((bin) => ({ ...bin, live: 0 })), outsideRange: 0 }
    : { ...drift, outsideRange: (outsideRange ?? 0) * samples };
}

function figuresOf(variable: VariableLayout, drift: LiveDrift): string[] {
  const { samples, psi, psiNoiseCeiling, verdict, effect } = drift;
  if (samples === 0) return [];
  return [
    verdict === 'undetermined'
      ? describeNeed(variable, drift)
      : `PSI\u00a0${formatPsi(psi)}, threshold\u00a0${formatPsi(driftThreshold(psiNoiseCeiling))}`,
    ...(effect === null || verdict === 'undetermined' ? [] : [`effect\u00a0${formatEffect(effect)}`]),
  ];
}

function describeNeed({ bins, counts }: VariableLayout, drift: LiveDrift): string {
  const needed = samplesNeeded(drift, bins, counts);
  return needed === null ? 'the reference is too small' : `${formatAmount(needed, 'more request')} needed`;
}

/** What follows the features that matter most: a line each. */
function otherFeatures(others: readonly WatchedVariable[], { decisive }: Overview, query: string): Html {
  const lines = others.map(({ variable, drifts }) => {
    const { verdict, psi } = drifts[decisive];
    return html`<li>${badge(verdict)} <a href="${featurePath(variable.name, query)}">${breakableName(variable.name)}</a> <small>PSI\u00a0${formatPsi(psi)}</small></li>`;
  });
  return html`<details id="others"><summary>${formatAmount(others.length, 'more feature')}</summary><ul class="others">${lines}</ul></details>`;
}
