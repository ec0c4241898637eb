import type { Deployment } from '../../deployments/deployment.ts';
import type { Artifact } from '../../model/artifact.ts';
import { featureBins, isWhole } from '../../model/features.ts';
import { type Html, html } from '../../report/render/html.ts';
import type { Sample } from '../../samples/sample.ts';
import { keptRows } from '../../samples/unusual-rows.ts';
import type { Config } from '../../settings/config.ts';
import { binsOf, recordedBins } from '../../stats/binning.ts';
import { binNames } from '../../text/bin-names.ts';
import { formatNumber, formatTime } from '../../text/format.ts';
import { dayMs } from '../../times/day.ts';

const kinds = {
  missing: 'missing',
  unseen: 'unseen',
  below: 'below the range',
  above: 'above the range',
} as const;

/** What of samples is kept, and how long. */
export type KeptSamples = Pick<Config, 'SAMPLES_VALUES' | 'SAMPLES_RATIO' | 'SAMPLES_MAX_AGE_DAYS'>;

/**
 * The last rows in which the feature was missing, unseen or out of range, as their samples tell them, and as long as those
 * are kept.
 */
export function unusualSection(
  { artifact, disclosure, unusual }: Pick<Deployment, 'artifact' | 'disclosure' | 'unusual'>,
  place: number,
  { SAMPLES_VALUES, SAMPLES_RATIO, SAMPLES_MAX_AGE_DAYS }: KeptSamples,
  nowMs: number,
): Html {
  const { name } = artifact.features[place];
  const title = html`<h2 id="rows">Which rows were missing, unseen or out of range?</h2>`;
  if (disclosure.isWithheld(name)) {
    return html`${title}<p>Not told: the model calls ${name} sensitive.</p>`;
  }
  if (SAMPLES_VALUES === 'off')
    return html`${title}<p>Not told: samples hold no values (<code>SAMPLES_VALUES=off</code>).</p>`;
  if (SAMPLES_RATIO === 0)
    return html`${title}<p>Not known: no samples are kept (<code>SAMPLES_RATIO=0</code>).</p>`;
  const oldestMs = nowMs - SAMPLES_MAX_AGE_DAYS * dayMs;
  const rows = unusual
    .of(place)
    .map(({ kind, sample }) => ({ kind, sample: JSON.parse(sample) as Sample }))
    .filter(({ sample }) => Date.parse(sample.time) >= oldestMs);
  if (rows.length === 0)
    return html`${title}<p>None since the start${SAMPLES_RATIO < 1 && ', of those that are sampled'}.</p>`;
  const nameBin = createBinNames(artifact);
  return html`${title}
<p>The last ${keptRows} of each kind since the start${SAMPLES_RATIO < 1 && ' of those that are sampled'}, latest first, as their samples tell them.</p>
${rows.map(({ kind, sample }) => rowDetails(name, kinds[kind], sample, nameBin))}`;
}

type NameBin = (feature: string, recorded: string) => string;

/** Names a bin that a sample holds as charts do: `up to 934` for `00 (-inf, 934]`. */
function createBinNames({ features }: Pick<Artifact, 'features'>): NameBin {
  const names = new Map(
    features.map((feature) => {
      const bins = featureBins(feature);
      const all = binNames(binsOf(bins), feature.kind === 'numeric' && isWhole(feature));
      return [feature.name, new Map(recordedBins(bins).map((text, i) => [text, all[i]]))];
    }),
  );
  return (feature, recorded) => names.get(feature)?.get(recorded) ?? recorded;
}

function rowDetails(name: string, kind: string, sample: Sample, nameBin: NameBin): Html {
  const { time, id, key, score, prediction, features, bins = {} } = sample;
  const values =
    features ?? Object.fromEntries(Object.entries(bins).map(([other, bin]) => [other, nameBin(other, bin)]));
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
