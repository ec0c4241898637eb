import { performanceColors, performanceSigns } from '../monitor/describe-performance.ts';
import { type Html, html } from '../report/render/html.ts';
import { binNames } from '../text/bin-names.ts';
import { capitalise, formatCount, formatShare } from '../text/format.ts';
import { comparedFigures } from './compare-slices.ts';
import { describeExpected } from './describe-expected.ts';
import { describeSlice, describeSlices, sliceSigns } from './describe-slices.ts';
import type { Evaluation } from './evaluate.ts';
import { protocolAdjective, protocolPhrase } from './evaluation-protocol.ts';
import { figureTitles } from './figure-titles.ts';
import { type BesideChampion, pairFigures } from './followed-model.ts';
import { formatDays } from './format-days.ts';
import { formatScore } from './format-score.ts';
import { type FigureName, figureNames } from './measure.ts';
import { intervalChart, reliabilityFigure, rocFigure } from './page-curves.ts';
import type { Slice } from './slices.ts';

/** How well the model did, as sections of a page. */
export function evaluationSections(evaluation: Evaluation): Html {
  return html`${figuresSection(evaluation)}
${decisionsSection(evaluation)}
${scoresSection(evaluation)}
${coverageSection(evaluation)}
${slicesSection(evaluation)}
${championsSection(evaluation)}
${notesSection(evaluation)}`;
}

const legend = (modelFile: Evaluation['modelFile']) =>
  html`<p class="legend">${modelFile && html`<span class="r">${protocolAdjective(modelFile)} ± standard error</span>`}<span class="l">these rows, 95 % interval</span></p>`;

function figuresSection(evaluation: Evaluation): Html {
  const { samples, binned, notIdentified, labelledOnly, modelFile, verdict, headline } = evaluation;
  const only = notIdentified.map((name) => `${figureTitles[name]} ${figure(labelledOnly[name] ?? null)}`);
  return html`<section aria-labelledby="performance"><h2 id="performance">How well did the model do?</h2>
<p class="${performanceColors[verdict]}"><span class="sign" aria-hidden="true">${performanceSigns[verdict]} </span>${headline}</p>
<p>On ${formatCount(samples)} rows whose outcome is known.</p>
${legend(modelFile)}
<table class="estimates">
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">Value</th><th scope="col" class="n wide">95 % interval</th><th scope="col" class="spark">From 0 to 1</th>${modelFile && html`<th scope="col" class="n">${capitalise(protocolAdjective(modelFile))}</th>`}</tr></thead>
<tbody>${figureNames.map((name) => figureRow(evaluation, name))}</tbody>
</table>
<p class="quiet">From the score bins, as the service computes them: ROC AUC ${figure(binned.rocAuc)}, within ${figure(binned.rocAucMaxError)}${modelFile && `, ${protocolPhrase(modelFile)} ${figure(binned.modelFileRocAuc)}`}; calibration error ${figure(binned.expectedCalibrationError)}.</p>
${
  only.length > 0 &&
  html`<p>Not identified: one decision has hardly any outcomes, so what holds for the labelled rows need not hold for all rows. On the labelled rows alone: ${only.join(', ')}.</p>`
}</section>`;
}

function figureRow(evaluation: Evaluation, name: FigureName): Html {
  const { notIdentified, intervals, modelFile } = evaluation;
  const value = evaluation[name];
  const interval = intervals[name];
  const before = modelFile === null || name === 'expectedCalibrationError' ? null : modelFile[name];
  return html`<tr><th scope="row">${capitalise(figureTitles[name])}</th><td class="n">${notIdentified.includes(name) ? 'not identified' : figure(value)}</td><td class="n wide">${interval === null ? '' : `${figure(interval.low)} – ${figure(interval.high)}`}</td><td class="spark">${value !== null && intervalChart(value, interval, before)}</td>${modelFile && html`<td class="n">${before === null ? '' : `${figure(before.value)} ± ${figure(before.standardError)}`}</td>`}</tr>`;
}

function decisionsSection({ classes, confusion, samples }: Evaluation): Html {
  const { trueNegatives, falsePositives, falseNegatives, truePositives } = confusion;
  const cell = (rows: number, isRight: boolean) =>
    html`<td class="n${isRight && ' right'}">${formatCount(rows)} <small class="quiet">${formatShare(rows / samples)}</small></td>`;
  return html`<section aria-labelledby="decisions"><h2 id="decisions">Which decisions were wrong?</h2>
<table><caption>Rows by prediction and outcome; shaded: right</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col" class="n">Predicted ‘${classes.negative}’</th><th scope="col" class="n">Predicted ‘${classes.positive}’</th></tr></thead>
<tbody><tr><th scope="row">was ‘${classes.negative}’</th>${cell(trueNegatives, true)}${cell(falsePositives, false)}</tr>
<tr><th scope="row">was ‘${classes.positive}’</th>${cell(falseNegatives, false)}${cell(truePositives, true)}</tr></tbody></table></section>`;
}

function scoresSection(evaluation: Evaluation): Html {
  const { rocCurve, rocAuc, labelledOnly, reliability, coverage, classes } = evaluation;
  const rows = reliability.map(
    ({ from, to, samples, meanScore, positiveShare }, i) =>
      html`<tr><th scope="row">${formatScore(from)} – ${formatScore(to)}</th><td class="n">${formatCount(samples)}</td><td class="n">${figure(meanScore)}</td><td class="n">${figure(positiveShare)}</td>${coverage !== null && html`<td class="n">${share(coverage.byBand[i].share)}</td>`}</tr>`,
  );
  const expected = describeExpected(evaluation);
  return html`<section aria-labelledby="belief"><h2 id="belief">Can the scores be believed?</h2>
${expected !== null && html`<p>${expected}</p>`}
<div class="columns">
<div><h3>Do they separate?</h3>${rocFigure(rocCurve, figure(rocAuc ?? labelledOnly.rocAuc ?? null)) ?? html`<p class="quiet">All outcomes are of one class: nothing to separate.</p>`}</div>
<div><h3>Are they probabilities?</h3><p class="legend"><span class="r">mean score</span><span class="l">share of ‘${classes.positive}’</span></p>${reliabilityFigure(reliability)}</div>
</div>
<details><summary>Figures by band of the score</summary><div class="body scroll" tabindex="0" role="region" aria-label="Reliability">
<table><thead><tr><th scope="col">Score</th><th scope="col" class="n">Rows</th><th scope="col" class="n">Mean score</th><th scope="col" class="n">Share of ‘${classes.positive}’</th>${coverage !== null && html`<th scope="col" class="n">With outcome</th>`}</tr></thead>
<tbody>${rows}</tbody></table></div></details></section>`;
}

function coverageSection({ coverage, delay, classes }: Evaluation): Html | null {
  if (coverage === null && delay === null) return null;
  const rows = coverage && [
    ['all', coverage.all] as const,
    [`predicted ‘${classes.negative}’`, coverage.byDecision[0]] as const,
    [`predicted ‘${classes.positive}’`, coverage.byDecision[1]] as const,
  ];
  return html`<section aria-labelledby="coverage"><h2 id="coverage">Which outcomes are known?</h2>
${delay !== null && html`<p>Half of them came within ${formatDays(delay.p50Days)}, 95 % within ${formatDays(delay.p95Days)}.</p>`}
${
  rows !== null &&
  html`<table><thead><tr><th scope="col">Predictions</th><th scope="col" class="n">Made</th><th scope="col" class="n">With outcome</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>${rows.map(([name, { predictions, labelled, share: part }]) => html`<tr><th scope="row">${name}</th><td class="n">${formatCount(predictions)}</td><td class="n">${formatCount(labelled)}</td><td class="n">${share(part)}</td></tr>`)}</tbody></table>`
}</section>`;
}

function slicesSection({ slices, classes }: Evaluation): Html | null {
  if (slices.length === 0) return null;
  const rows = named(slices).map(({ name, slice }) => {
    const worse = describeSlice(slice);
    const { falsePositiveRate } = slice.rates;
    return html`<tr><th scope="row">${slice.feature}: ${name}</th><td class="n">${formatCount(slice.samples)}</td><td class="n">${formatShare(slice.positives / slice.samples)}</td>${comparedFigures.map((each) => html`<td class="n">${figure(slice[each])}${rangeOf(slice.intervals[each])}</td>`)}<td class="n">${figure(falsePositiveRate.value)}${rangeOf(falsePositiveRate.interval)}</td><td>${sliceSigns[slice.verdict]} ${slice.verdict}</td></tr>${
      worse !== null && html`<tr><td colspan="9">${worse}</td></tr>`
    }`;
  });
  return html`<section aria-labelledby="slices"><h2 id="slices">Where does it do worse?</h2>
<p>${describeSlices(slices)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Slices"><table><caption>With 95 % intervals of each slice’s own rows</caption>
<thead><tr><th scope="col">Slice</th><th scope="col" class="n">Rows</th><th scope="col" class="n">Share of ‘${classes.positive}’</th><th scope="col" class="n">Accuracy</th><th scope="col" class="n">Precision</th><th scope="col" class="n">Recall</th><th scope="col" class="n">ROC AUC</th><th scope="col" class="n">False-positive rate</th><th scope="col">Verdict</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function rangeOf(interval: Slice['intervals']['accuracy']): Html | null {
  return (
    interval && html` <small class="quiet">${interval.low.toFixed(2)}–${interval.high.toFixed(2)}</small>`
  );
}

function championsSection({ besideChampions }: Evaluation): Html | null {
  if (besideChampions.length === 0) return null;
  return html`<section aria-labelledby="champions"><h2 id="champions">Is it better than the model it followed?</h2>
${besideChampions.map(championTable)}
<p class="quiet">These intervals are of the difference on the same rows, so they are shorter than those of two models apart would suggest.</p></section>`;
}

function championTable({ champion, outcomes, ...figures }: BesideChampion): Html {
  const rows = pairFigures.map(([name, title]) => {
    const { shadow, champion: other, difference } = figures[name];
    return html`<tr><th scope="row">${capitalise(title)}</th><td class="n">${figure(shadow)}</td><td class="n">${figure(other)}</td><td class="n">${figure(difference?.value ?? null)}</td><td class="n">${difference && `${figure(difference.low)} – ${figure(difference.high)}`}</td></tr>`;
  });
  return html`<table><caption>Beside ${champion.name} ${champion.version}, on ${formatCount(outcomes)} rows that both have scored</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">This model</th><th scope="col" class="n">The other</th><th scope="col" class="n">Difference</th><th scope="col" class="n">95 % interval</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** The slices with the names of their bins as a person says them. */
function named(slices: readonly Slice[]): { readonly slice: Slice; readonly name: string }[] {
  return [...Map.groupBy(slices, ({ feature }) => feature).values()].flatMap((ofFeature) => {
    const bins = ofFeature.map(({ bin }) => bin);
    const names = binNames(bins, ofFeature[0].wholeNumbers);
    return ofFeature.map((slice, i) => ({ slice, name: names[i] }));
  });
}

function notesSection({ source, notes }: Evaluation): Html {
  return html`<section aria-labelledby="labelled"><h2 id="labelled">Which rows are these?</h2><ul class="method"><li>${source}</li>${notes.map((note) => html`<li>${note}</li>`)}<li>Intervals are of these rows, drawn again and again (bootstrap), those of false-positive rates by Wilson’s formula: they do not know that the world changes.</li></ul></section>`;
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function share(value: number | null): string {
  return value === null ? '–' : formatShare(value);
}
