import type { Evaluation } from '../../model/artifact.ts';
import type { Learnt } from '../../model/learnt.ts';
import { comparedWith } from '../../monitor/performance-comparison.ts';
import { type Html, html } from '../../report/render/html.ts';

type Figure = { readonly value: number | null; readonly standardError: number | null };

/** What the model file promises. The AUC is that of the score bins, as the live one is: the bins lower it. */
export function promisedFigures({
  evaluation,
  bins,
}: Learnt): Omit<Evaluation, 'rocAuc'> & { readonly rocAuc: Figure | null } {
  return { ...evaluation, rocAuc: comparedWith(evaluation, bins).rocAuc };
}

/** `0.718 ± 0.015`; a dash for what is not known. */
export function formatFigure(figure: Figure | null | undefined): Html | string {
  if (figure === null || figure === undefined || figure.value === null) return '–';
  const { value, standardError } = figure;
  return html`${value.toFixed(3)}${standardError !== null && html` <small class="quiet">±\u00a0${standardError.toFixed(3)}</small>`}`;
}
