import type { Deployment } from '../../deployments/deployment.ts';
import { referenceSummary } from '../../model/counted.ts';
import { type LiveDrift, variableCounts } from '../../monitor/live-drift.ts';
import type { WindowName } from '../../monitor/windows.ts';
import { type Html, html } from '../../report/render/html.ts';
import { type BinnedQuantile, binnedQuantile } from '../../stats/binned-quantile.ts';
import { formatNumber } from '../../text/format.ts';
import { windowWords } from '../home/home-verdict.ts';

const quantiles = [
  ['5 % are below', 0.05, 'p5'],
  ['25 % are below', 0.25, 'p25'],
  ['Median', 0.5, 'p50'],
  ['75 % are below', 0.75, 'p75'],
  ['95 % are below', 0.95, 'p95'],
] as const;

/**
 * Quantiles of the reference beside those of each window. Live ones are known as far as the bins tell; so are those of the
 * reference where its values may not be told.
 */
export function quantileTable(
  { artifact, monitor, disclosure }: Deployment,
  place: number,
  looks: readonly { readonly window: WindowName; readonly drift: LiveDrift }[],
): Html | '' {
  const variable = monitor.variables[place];
  const { bins, counts } = variable;
  if (bins.kind !== 'numeric') return '';
  const feature = place < artifact.features.length ? artifact.features[place] : undefined;
  const summary =
    feature?.kind === 'numeric' && !disclosure.isWithheld(feature.name) ? referenceSummary(feature) : null;
  const cell = (text: string) => html`<td class="n">${text}</td>`;
  const windows = looks.map(({ window }) => variableCounts(variable, monitor.window(window)));
  return html`<h2 id="quantiles">Where do its values lie?</h2>
<p class="quiet">Of the values that are not missing. Live ones are read from the bins; the outer bins have no end, so that beyond their edge no more is known.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Quantiles"><table>
<thead><tr><th scope="col">Of the values</th><th scope="col" class="n">Reference</th>${looks.map(({ window }) => html`<th scope="col" class="n">${windowWords[window]}</th>`)}</tr></thead>
<tbody>${quantiles.map(([title, probability, name]) => {
    const before =
      summary === null
        ? textOf(binnedQuantile(bins, counts, probability))
        : formatValue(summary.percentiles[name]);
    return html`<tr><th scope="row">${title}</th>${cell(before)}${windows.map((live) => cell(textOf(binnedQuantile(bins, live, probability))))}</tr>`;
  })}</tbody></table></div>`;
}

/** `42`, `7174 or more`, `–` */
function textOf(quantile: BinnedQuantile | null): string {
  if (quantile === null) return '–';
  const value = formatValue(quantile.value);
  return quantile.side === 'about' ? value : `${value} ${quantile.side}`;
}

function formatValue(value: number): string {
  return formatNumber(Number(value.toPrecision(4)));
}
