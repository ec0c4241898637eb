import type { Deployment } from '../../deployments/deployment.ts';
import { scoreFeature } from '../../model/artifact.ts';
import type { LiveDrift } from '../../monitor/live-drift.ts';
import { liveScoreShift } from '../../monitor/live-score-shift.ts';
import { windowSegments } from '../../monitor/live-segments.ts';
import { windowNames } from '../../monitor/windows.ts';
import { type Html, html } from '../../report/render/html.ts';
import type { Page } from '../../report/render/page-shell.ts';
import { badge, formatChange } from '../../report/render/page-variable.ts';
import { driftThreshold } from '../../stats/drift.ts';
import {
  capitalise,
  formatAmount,
  formatCount,
  formatEffect,
  formatPsi,
  formatShare,
  signs,
} from '../../text/format.ts';
import { describeUnitGuess } from '../../text/unit-guess.ts';
import type { Pause } from '../../times/pauses.ts';
import { variableTitle } from '../home/breakable-name.ts';
import { columnsExplained } from '../home/home-features.ts';
import { type Judged, judgeVariables, verdictOf } from '../home/home-overview.ts';
import { windowWords } from '../home/home-verdict.ts';
import { nameInText, segmentList } from '../home/segment-list.ts';
import { frame, frameStyle, modelKicker } from './frame.ts';
import { featurePath } from './page-links.ts';

/** What `/drift` says in JSON, for people. @param query of `modelQuery` */
export async function driftPage(deployment: Deployment, query: string, pause: Pause): Promise<Page> {
  const { artifact, monitor } = deployment;
  const judged = await judgeVariables(deployment, pause);
  await pause();
  const verdict = verdictOf(deployment, judged);
  const sections: Html[] = [];
  for (const place of windowNames.keys()) {
    await pause();
    sections.push(windowSection(deployment, judged, place, query));
  }
  return {
    title: `Drift: ${artifact.name} ${artifact.version}`,
    style: frameStyle,
    header: html`${frame(query, '/drift', modelKicker(artifact))}
<h1 class="${verdict.sign}"><span class="sign" aria-hidden="true">${signs[verdict.sign]} </span>${verdict.text}</h1>`,
    main: html`${sections}
${slowSection(monitor.slowDrift(), query)}
${columnsExplained}`,
    footer: html`Programs get this page as JSON, as <code>curl</code> does; so does a browser that asks for <code>application/json</code>.`,
  };
}

function windowSection(
  { monitor, predictor }: Deployment,
  { variables, windows }: Judged,
  place: number,
  query: string,
): Html {
  const words = windowWords[windowNames[place]];
  const { counts } = windows[place];
  const { samples } = variables[0].drifts[place];
  const title = capitalise(words);
  if (samples === 0) return html`<h2>${title}</h2><p>No requests.</p>`;
  const shift =
    predictor?.explanation === undefined ? null : liveScoreShift(predictor.explanation, monitor, counts);
  const shifts = new Map(shift?.features.map((one) => [one.name, one.shift]));
  const head = [
    'PSI',
    'Threshold',
    'Effect',
    ...(shift === null ? [] : ['Moves score by']),
    'Missing',
    'Unseen',
    'Out of range',
  ];
  const rows = variables.map(({ variable: { name }, drifts }) =>
    rowOf(name, drifts[place], shift && shifts, query),
  );
  return html`<h2>${title}</h2>
<p>${formatAmount(samples, 'request')}${shift !== null && `; the features together move the mean score by ${formatChange(shift.total)} in log-odds`}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Drift of the ${words}"><table>
<thead><tr><th scope="col">Feature</th><th scope="col">Verdict</th>${head.map((name) => html`<th scope="col" class="n">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
${segmentList(windowSegments(monitor, counts), words)}`;
}

function rowOf(
  name: string,
  drift: LiveDrift,
  shifts: ReadonlyMap<string, number> | null,
  query: string,
): Html {
  const { psi, psiNoiseCeiling, effect, missing, unseen, outsideRange, unit, verdict } = drift;
  const share = (value: number | null) => (value === null ? '–' : formatShare(value));
  const shift = shifts?.get(name);
  const cells = [
    formatPsi(psi),
    psiNoiseCeiling === null ? '–' : formatPsi(driftThreshold(psiNoiseCeiling)),
    formatEffect(effect),
    ...(shifts === null ? [] : [shift === undefined ? '–' : formatChange(shift)]),
    share(missing),
    share(drift.kind === 'categorical' ? unseen : null),
    share(drift.kind === 'numeric' && name !== scoreFeature ? outsideRange : null),
  ];
  return html`<tr><th scope="row"><a href="${featurePath(name, query)}">${variableTitle(name)}</a>${unit !== null && html` <small class="quiet">${describeUnitGuess(unit)}</small>`}</th><td>${badge(verdict)}</td>${cells.map((cell) => html`<td class="n">${cell}</td>`)}</tr>
`;
}

function slowSection(
  { days, variables }: ReturnType<Deployment['monitor']['slowDrift']>,
  query: string,
): Html {
  const drifting = variables.filter(({ forDays }) => forDays !== null);
  return html`<h2>Slow drift</h2>
${
  drifting.length === 0
    ? html`<p>${days === 0 ? 'Looked for day by day: no whole day has passed since the start.' : `None in the ${formatCount(days)} ${days === 1 ? 'day' : 'days'} since the start.`}</p>`
    : html`<ul>${drifting.map(({ name, direction, forDays }) => html`<li><a href="${featurePath(name, query)}">${nameInText(name)}</a> ${direction}, for about ${formatAmount(forDays ?? 0, 'day')}</li>`)}</ul>`
}`;
}
