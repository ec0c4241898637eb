import { performanceColors, performanceSigns } from '../monitor/describe-performance.ts';
import { html } from '../report/render/html.ts';
import { fact, renderPage } from '../report/render/page-shell.ts';
import { capitalise, formatCount, formatFixedShare, formatShare } from '../text/format.ts';
import type { Evaluation } from './evaluate.ts';
import { protocolPhrase } from './evaluation-protocol.ts';
import { evaluationSections } from './page-sections.ts';

/** The evaluation as one page that needs nothing else: no network, no script. */
export function renderEvaluationPage(evaluation: Evaluation): string {
  const { model, classes, samples, accuracy, modelFile, confusion, coverage, verdict, headline } = evaluation;
  const { truePositives, falseNegatives, falsePositives } = confusion;
  return renderPage({
    title: `Evaluation: ${model.name} ${model.version}`,
    header: html`<p class="kicker">Evaluation · model ${model.name}, version ${model.version}</p>
<h1 class="${performanceColors[verdict]}"><span class="sign" aria-hidden="true">${performanceSigns[verdict]} </span>${headline}</h1>
<p class="lead">${accuracyLine(evaluation)}.</p>
${accuracy !== null && modelFile && html`<p>${capitalise(protocolPhrase(modelFile))} it was ${formatFixedShare(modelFile.accuracy.value)}, with a standard error of ${formatFixedShare(modelFile.accuracy.standardError)}.</p>`}
<dl class="facts">
${fact('Labelled', formatCount(samples), 'rows with their outcome')}
${fact(`Was ‘${classes.positive}’`, formatShare((truePositives + falseNegatives) / samples), null)}
${fact(`Predicted ‘${classes.positive}’`, formatShare((truePositives + falsePositives) / samples), null)}
${coverage !== null && fact('Coverage', coverage.all.share === null ? '–' : formatShare(coverage.all.share), `of ${formatCount(coverage.all.predictions)} predictions`)}
</dl>`,
    main: evaluationSections(evaluation),
    footer: html`Written by Vigia from ${formatCount(samples)} labelled rows.`,
  });
}

function accuracyLine({ accuracy, intervals, samples }: Evaluation): string {
  if (accuracy === null) return 'These outcomes do not show how many predictions are right';
  const interval = intervals.accuracy;
  const range =
    interval === null ? '' : ` (${formatFixedShare(interval.low)} – ${formatFixedShare(interval.high)})`;
  return `Right in ${formatFixedShare(accuracy)}${range} of ${formatCount(samples)} labelled rows`;
}
