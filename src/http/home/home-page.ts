import type { Deployment } from '../../deployments/deployment.ts';
import { ownCommand } from '../../files/own-file.ts';
import { windowNames } from '../../monitor/windows.ts';
import { type Html, html } from '../../report/render/html.ts';
import { fact, type Page } from '../../report/render/page-shell.ts';
import { badge } from '../../report/render/page-variable.ts';
import type { Verdict } from '../../stats/drift.ts';
import { capitalise, formatAmount, formatCount, formatTime, signs } from '../../text/format.ts';
import { describeUnitGuess } from '../../text/unit-guess.ts';
import { absentWithoutExplanation, absentWithoutPredictor } from '../absent-parts.ts';
import { pagesNav } from '../pages/frame.ts';
import type { FileOptions } from './file-options.ts';
import { alertSection, countAlerts } from './home-alerts.ts';
import { featureSection } from './home-features.ts';
import type { Overview } from './home-overview.ts';
import { performanceSection } from './home-performance.ts';
import {
  type Dropped,
  droppedSection,
  modelSection,
  requestSection,
  type ServedModels,
} from './home-service.ts';
import { homeStyle } from './home-style.ts';
import { type HomeVerdict, homeVerdict, windowWords } from './home-verdict.ts';
import { command, nextStep } from './next-step.ts';
import type { RequestFigures } from './recent-requests.ts';
import { segmentList } from './segment-list.ts';

/** How often a browser that runs no scripts loads the page again. */
const refreshSeconds = 10;

const maxUnits = 3;

/** All that the page of a model says. */
export type HomeContents = {
  readonly overview: Overview;
  readonly requests: RequestFigures;
  readonly models: ServedModels;
  readonly dropped: readonly Dropped[];
  /** What is said of the other models that answer. */
  readonly others: ReadonlyMap<Deployment, HomeVerdict>;
  /** How commands find the files of the service. */
  readonly fileOptions: FileOptions;
  /** Names the model in links; empty where there is one. */
  readonly query: string;
  /** Whether there is a `/metrics` to link to. */
  readonly isScraped: boolean;
};

/** @param script keeps the page up to date */
export function homePage(contents: HomeContents, script: string): Page {
  const { artifact } = contents.overview.deployment;
  return {
    title: `${artifact.name} ${artifact.version}`,
    style: homeStyle,
    script,
    refreshSeconds,
    ...partsOf(contents),
    footer: html`<a href="/models">/models</a> · ${contents.isScraped && html`<a href="/metrics">/metrics</a> for Prometheus · `}<a href="/ready">/ready</a>`,
  };
}

/** What of the page is sent again when it has changed. */
export function homeUpdate(contents: HomeContents): string {
  const { header, main } = partsOf(contents);
  return html`<header>
${header}
</header>
<main>
${main}
</main>`.html;
}

function partsOf(contents: HomeContents): Pick<Page, 'header' | 'main'> {
  const { overview, requests, models, dropped, query, fileOptions, isScraped } = contents;
  const { deployment, segments, decisive } = overview;
  const { artifact } = deployment;
  const verdict = homeVerdict(overview);
  const { sign, text } = verdict;
  const absent = [absentWithoutPredictor(deployment), absentWithoutExplanation(deployment)].filter(
    (one) => one !== null,
  );
  return {
    header: html`<span id="live" role="status"></span>${pagesNav(query, '/')}
${modelLinks(contents, verdict)}<p class="kicker">Model ${artifact.name}, version ${artifact.version}</p>
<h1 class="${sign}"><span class="sign" aria-hidden="true">${signs[sign]} </span>${text}</h1>
${units(overview)}
<p class="quiet">This replica alone; all replicas together are in Grafana. ${memory(overview)}</p>
${facts(overview)}`,
    main: html`${featureSection(overview, query)}
${segmentList(segments, windowWords[windowNames[decisive]])}
${nextStep(html`Compare the rows themselves with the reference: ${command(`${ownCommand('drift')} ${fileOptions.drift} --html report.html`)}`)}
${alertSection(overview, fileOptions)}
${performanceSection(overview, fileOptions)}
${requestSection(requests)}
${isScraped && nextStep(html`Since the start, by route: <a href="/metrics">/metrics</a>`)}
${modelSection(models)}
${droppedSection(dropped)}
${
  absent.length > 0 &&
  html`<h2 id="absent">What is absent, and why</h2>
<ul>${absent.map((one) => html`<li>${capitalise(one)}.</li>`)}</ul>`
}`,
  };
}

/** The features that seem to have come in another unit, which is the commonest cause of drift. */
function units({ variables, decisive }: Overview): Html[] {
  return variables
    .flatMap(({ variable: { name }, drifts }) => {
      const { unit } = drifts[decisive];
      return unit === null ? [] : html`<p class="lead">${name}: ${describeUnitGuess(unit)}</p>`;
    })
    .slice(0, maxUnits);
}

/** How far back the windows go. A restart begins them again, and leaves the charts over time. */
function memory({ deployment: { sinceMs } }: Overview): string {
  const since = formatTime(new Date(sinceMs).toISOString());
  return `It counts since ${since} UTC: until a window is full, it holds the time since then.`;
}

/** Where there are several models: all of them, by name, each with its verdict. */
function modelLinks({ overview, models, others }: HomeContents, shown: HomeVerdict): Html | '' {
  const { answering } = models;
  if (answering.length === 1) return '';
  const links = answering.map((deployment, i) => {
    const { name } = deployment.artifact;
    const isShown = deployment === overview.deployment;
    const current = isShown ? html` aria-current="page"` : '';
    const { sign } = others.get(deployment) ?? shown;
    return html`${i > 0 && ' · '}<a href="/?model=${encodeURIComponent(name)}"${current}>${name}</a> ${badge(sign)}`;
  });
  return html`<nav class="kicker" aria-label="Models">${links}</nav>
`;
}

/** The figures that one looks for first. */
function facts({ variables, decisive, performance, trust, alerts }: Overview): Html {
  const hour = variables[0].drifts[windowNames.indexOf('1h')].samples;
  const features = variables.slice(0, -1);
  const count = (verdict: Verdict) =>
    features.filter(({ drifts }) => drifts[decisive].verdict === verdict).length;
  const isUnknown = count('undetermined') === features.length;
  const { estimated, realised, coverage } = performance;
  const auc = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : value.toFixed(3);
  const { text, detail } = countAlerts(alerts);
  const doubt = trust !== null && !trust.isTrusted && estimated?.rocAuc.value != null;
  return html`<dl class="facts">${fact('Rows, last hour', formatCount(hour), null)}${fact('Drifting', isUnknown ? '–' : formatCount(count('drifting')), `of ${formatAmount(features.length, 'feature')}`)}${fact('Alerts firing', text, detail)}${fact('Estimated AUC', auc(estimated?.rocAuc.value), doubt ? 'not to be trusted' : 'last 24 hours')}${fact('Realised AUC', auc(realised.rocAuc.value), coverage.all.labelled === 0 ? 'no outcomes yet' : formatAmount(coverage.all.labelled, 'outcome'))}</dl>`;
}
