import type { Deployment } from '../../deployments/deployment.ts';
import { type Html, html } from '../../report/render/html.ts';
import { fact } from '../../report/render/page-shell.ts';
import { formatAmount, formatCount, formatNumber, formatShare, formatTime } from '../../text/format.ts';
import { breakableName } from './breakable-name.ts';
import { command, nextStep } from './next-step.ts';
import type { RequestFigures } from './recent-requests.ts';

/** Traffic, latency and errors of the last hour, of all models. */
export function requestSection({ requests, refused, failed, shed, latency, minutes }: RequestFigures): Html {
  const ms = (value: number) => `${formatNumber(Number(value.toPrecision(2)))} ms`;
  const share = (count: number) => (requests === 0 ? null : formatShare(count / requests));
  const since = minutes < 60 ? 'since the start' : 'in the last hour';
  return html`<h2 id="requests">What has come in ${since}?</h2>
<dl class="facts">${fact('Requests to predict', formatCount(requests), minutes === 0 ? null : `${formatNumber(Number((requests / minutes / 60).toPrecision(2)))} a second`)}${fact('Latency', latency === null ? '–' : ms(latency.p95), latency === null ? null : `95th percentile; median ${ms(latency.p50)}, 99th ${ms(latency.p99)}`)}${fact('Rejected (4xx)', formatCount(refused), share(refused))}${fact('Failed (5xx)', formatCount(failed), share(failed))}${fact('Shed under load', formatCount(shed), null)}</dl>`;
}

/** What serves: each model, its version, and versions before it that outcomes may still come for. */
export function modelSection(models: ServedModels): Html {
  const { answering, retired, defaultName, shadowNames } = models;
  const role = ({ artifact: { name }, predictor }: Deployment) =>
    [
      name === defaultName && 'answers by default',
      shadowNames.includes(name) && 'shadow',
      predictor === undefined && 'watched only',
    ]
      .filter(Boolean)
      .join(', ');
  const row = (deployment: Deployment, what: string) => {
    const { artifact, counts, sinceMs } = deployment;
    const rows = counts.predictions.reduce((sum, count) => sum + count, 0);
    return html`<tr><th scope="row">${breakableName(artifact.name)}<small>${artifact.version}</small></th><td>${what}</td><td class="wide">${formatTime(new Date(sinceMs).toISOString())}</td><td class="n">${formatCount(rows)}</td><td class="n">${formatCount(counts.refused)}</td></tr>`;
  };
  return html`<h2 id="models">Which models are served?</h2>
<table class="served"><thead><tr><th scope="col">Model, version</th><th scope="col">Role</th><th scope="col" class="wide">Since (UTC)</th><th scope="col" class="n">Rows</th><th scope="col" class="n">Rejected inputs</th></tr></thead>
<tbody>${answering.map((one) => row(one, role(one)))}${retired.map((one) => row(one, 'answers no more'))}</tbody></table>
${nextStep(html`Serve another version: replace its file and send the process ${command('SIGHUP')}; details in <a href="/models">/models</a>`)}`;
}

export type ServedModels = {
  readonly answering: readonly Deployment[];
  readonly retired: readonly Deployment[];
  readonly defaultName: string | undefined;
  readonly shadowNames: readonly string[];
};

/** Something that was lost, and where to look. */
export type Dropped = { readonly what: string; readonly count: number; readonly advice: string };

/** What has been lost since the start. */
export function droppedSection(dropped: readonly Dropped[]): Html {
  const lost = dropped.filter(({ count }) => count > 0);
  return html`<h2 id="dropped">Is anything lost?</h2>
${lost.length === 0 ? html`<p>Nothing since the start: no ${dropped.map(({ what }) => what).join(', no ')}.</p>` : html`<ul>${lost.map(({ what, count, advice }) => html`<li><strong>${formatAmount(count, what)}</strong> since the start: ${advice}.</li>`)}</ul>`}`;
}
