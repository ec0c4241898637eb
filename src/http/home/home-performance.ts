import { ownCommand } from '../../files/own-file.ts';
import { type Learnt, learntFromOutcomes } from '../../model/learnt.ts';
import type { LivePerformance } from '../../monitor/live-performance.ts';
import { type Html, html } from '../../report/render/html.ts';
import { formatAmount, formatCount, formatShare } from '../../text/format.ts';
import { absentWithoutOutcomes } from '../absent-parts.ts';
import { formatFigure, promisedFigures } from '../pages/shown-figure.ts';
import type { FileOptions } from './file-options.ts';
import type { Overview } from './home-overview.ts';
import { command, nextStep } from './next-step.ts';

const figures = [
  ['Accuracy', 'accuracy'],
  ['Precision', 'precision'],
  ['Recall', 'recall'],
  ['ROC AUC', 'rocAuc'],
] as const;

/** Estimated, realised and promised performance side by side, and how many outcomes there are to judge by. */
export function performanceSection(overview: Overview, { evaluate }: FileOptions): Html {
  const { artifact } = overview.deployment;
  const learnt = learntFromOutcomes(artifact);
  return html`<h2 id="performance">Is the model as good as it was?</h2>
${learnt === undefined ? html`<p>Not estimated: ${absentWithoutOutcomes(artifact)}.</p>` : figuresTable(overview, learnt)}
${coverage(overview.performance)}
${nextStep(
  overview.performance.realised.samples === 0
    ? html`Send what became of the predictions: ${command(`${ownCommand('outcomes')} --data labels.csv --id ID --outcome OUTCOME`)}, or with a key of your own ${command('--key COLUMN')}`
    : html`See which groups it does worse for: ${command(`${ownCommand('evaluate')} ${evaluate} --html evaluation.html`)}`,
)}`;
}

function figuresTable({ performance, trust }: Overview, learnt: Learnt): Html {
  const { estimated, realised } = performance;
  const promised = promisedFigures(learnt);
  const { kind } = promised.protocol;
  return html`<table class="performance"><thead><tr><th scope="col">Last 24 hours</th><th scope="col" class="n">Estimated</th><th scope="col" class="n">Realised</th><th scope="col" class="n">${kind === 'cross-validation' ? 'Cross-validated' : 'Held out'}</th></tr></thead>
<tbody>${figures.map(([title, name]) => html`<tr><th scope="row">${title}</th><td class="n">${formatFigure(estimated?.[name])}</td><td class="n">${formatFigure(realised[name])}</td><td class="n">${formatFigure(promised[name])}</td></tr>`)}</tbody></table>
${
  trust !== null &&
  !trust.isTrusted &&
  html`<p class="doubt"><strong>The estimates are not to be trusted:</strong> ${trust.reasons.slice(0, 3).join('; ')}${trust.reasons.length > 3 && `; and ${formatAmount(trust.reasons.length - 3, 'more reason')}`}.</p>`
}`;
}

function coverage({ coverage: { all, isIdentified } }: LivePerformance): Html {
  const text =
    all.share === null
      ? 'No prediction of the last 24 hours is old enough to have an outcome.'
      : `Outcomes are known for ${formatCount(all.labelled)} of ${formatAmount(all.predictions, 'prediction')} that are old enough (${formatShare(Math.min(1, all.share))}).`;
  return html`<p>${text}${!isIdentified && ' Hardly any are known for one of the two decisions, so that accuracy, recall and ROC AUC say nothing of all predictions.'}</p>`;
}
