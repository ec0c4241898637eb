import type { Deployment } from '../../deployments/deployment.ts';
import { type Html, html } from '../../report/render/html.ts';
import type { Sample, SampleValues } from '../../samples/sample.ts';
import { keptRows } from '../../samples/unusual-rows.ts';
import { formatNumber, formatTime } from '../../text/format.ts';

const kinds = {
  missing: 'missing',
  unseen: 'unseen',
  below: 'below the range',
  above: 'above the range',
} as const;

/** The last rows in which the feature was missing, unseen or out of range, as their samples tell them. */
export function unusualSection(
  { artifact, disclosure, unusual }: Deployment,
  place: number,
  { sampleValues, samplesRatio }: { readonly sampleValues: SampleValues; readonly samplesRatio: number },
): Html {
  const { name } = artifact.features[place];
  const title = html`<h2 id="rows">Which rows were missing, unseen or out of range?</h2>`;
  if (disclosure.isWithheld(name)) {
    return html`${title}<p>Not told: the model calls ${name} sensitive.</p>`;
  }
  if (sampleValues === 'off')
    return html`${title}<p>Not told: samples hold no values (<code>SAMPLES_VALUES=off</code>).</p>`;
  if (samplesRatio === 0)
    return html`${title}<p>Not known: no samples are kept (<code>SAMPLES_RATIO=0</code>).</p>`;
  const rows = unusual.of(place);
  if (rows.length === 0)
    return html`${title}<p>None since the start${samplesRatio < 1 && ', of those that are sampled'}.</p>`;
  return html`${title}
<p>The last ${keptRows} of each kind since the start${samplesRatio < 1 && ' of those that are sampled'}, latest first, as their samples tell them.</p>
${rows.map(({ kind, sample }) => rowDetails(name, kinds[kind], JSON.parse(sample) as Sample))}`;
}

function rowDetails(name: string, kind: string, sample: Sample): Html {
  const { time, id, key, score, prediction, features, bins } = sample;
  const values = features ?? bins ?? {};
  const others = Object.entries(values).filter(([other]) => other !== name);
  return html`<details><summary><b>${textOf(values[name])}</b> <span class="quiet">${kind} · ${formatTime(time)} UTC · ${prediction} ${score.toFixed(3)}</span></summary>
<div class="body"><dl class="figures"><div><dt>Id</dt><dd class="value"><code>${id}</code></dd></div>${
    key !== undefined && html`<div><dt>Key</dt><dd class="value"><code>${key}</code></dd></div>`
  }${others.map(([other, value]) => html`<div><dt>${other}</dt><dd class="value">${textOf(value)}</dd></div>`)}</dl></div></details>`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'no value';
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
