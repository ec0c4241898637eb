import {
  type DriftStatistic,
  type DriftStatisticName,
  driftStatistics,
} from '../../stats/drift-statistics.ts';
import { largeEffect } from '../../stats/effect.ts';
import { binNames } from '../../text/bin-names.ts';
import { formatCount, formatEffect, formatNumber, formatPsi, formatShare, signs } from '../../text/format.ts';
import type { DriftReport, ReportVariable } from '../compute/drift-report.ts';
import { type Html, html } from './html.ts';
import { histogramFigure } from './page-charts.ts';

export function badge(verdict: ReportVariable['verdict']): Html {
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${signs[verdict]} </span>${verdict}</span>`;
}

/** Everything about one variable, behind its name and what changed. */
export function variableSection(
  variable: ReportVariable,
  { rule, live }: DriftReport,
  options: { readonly id: string; readonly title: string; readonly isOpen: boolean },
): Html {
  const { verdict, sentence } = variable;
  return html`<details id="${options.id}"${options.isOpen && html` open`}>
<summary><h3>${options.title}</h3>${badge(verdict)}<p>${sentence}</p></summary>
<div class="body">
${histogramFigure(variable)}
<div class="columns">
${figuresList(variable, rule, live.kind)}
${summaryTable(variable)}
</div>
${binsTable(variable)}
</div>
</details>
`;
}

type Figure = { readonly name: string; readonly value: string; readonly meaning: string };

function figuresList(variable: ReportVariable, rule: DriftReport['rule'], rows: string): Html {
  const figures = [...driftFigures(variable, rule), ...countFigures(variable, rows)];
  const entries = figures.map(
    ({ name, value, meaning }) =>
      html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="meaning">${meaning}</dd></div>`,
  );
  return html`<dl class="figures">${entries}</dl>`;
}

function driftFigures(
  variable: ReportVariable,
  { minPsi, undeterminedCeiling, slowDriftThreshold }: DriftReport['rule'],
): Figure[] {
  const { name, psiNoiseCeiling, threshold, kolmogorovSmirnov: ks } = variable;
  const figures: Figure[] = Object.entries<DriftStatistic>(driftStatistics).flatMap(
    ([name, { title, meaning }]) => {
      if (name === 'psi') {
        const above = threshold === null ? '' : ` Drifting above ${formatPsi(threshold)}.`;
        return [
          { name: title, value: formatPsi(variable.psi), meaning: `${meaning}${above}` },
          {
            name: 'Noise ceiling',
            value: formatPsi(psiNoiseCeiling),
            meaning: `What chance alone brings the PSI to, with this many rows on both sides. The threshold is the larger of it and ${minPsi}; above ${undeterminedCeiling} nothing can be told.`,
          },
        ];
      }
      if (name === 'kolmogorovSmirnov') {
        if (ks === null) return [];
        const exact = `Largest distance between the two cumulative distributions; ${formatP(ks.p)} without drift.`;
        return [
          {
            name: title,
            value: ks.statistic.toFixed(2),
            meaning: ks.basis === 'values' ? exact : meaning,
          },
        ];
      }
      const value = variable[name as Exclude<DriftStatisticName, 'kolmogorovSmirnov'>];
      return [{ name: title, value: value === null ? '–' : value.toFixed(2), meaning }];
    },
  );
  if (variable.rankTrend !== null) {
    const { probability, z } = variable.rankTrend;
    figures.push({
      name: 'Rank trend',
      value: formatShare(probability),
      meaning: `Chance that a live value is larger than one of the reference; 50 % is no trend, and this lies ${Math.abs(z).toFixed(1)} standard errors away.`,
    });
  }
  if (variable.slowDrift !== null) {
    figures.push({
      name: 'Evidence of slow drift',
      value: formatCount(Math.round(variable.slowDrift.evidence)),
      meaning: `What bets on a change, settled every day, have won; from ${formatCount(slowDriftThreshold)} on it drifts slowly.`,
    });
  }
  if (variable.wasserstein !== null) {
    figures.push({
      name: 'Wasserstein distance',
      value: formatNumber(Number(variable.wasserstein.toPrecision(3))),
      meaning: `How far the values have moved on average, in the unit of ${name}.`,
    });
  }
  if (variable.effect !== null) {
    figures.push({
      name: 'Effect on the scores',
      value: formatEffect(variable.effect),
      meaning: `How far the move shifts them, in standard deviations of their log-odds in the reference; from ${largeEffect} on it is large.`,
    });
  }
  if (variable.logOddsChange !== null) {
    const change = variable.logOddsChange;
    figures.push({
      name: 'Moves the score by',
      value: formatChange(change),
      meaning: 'Change of its mean contribution to the model’s log-odds.',
    });
  }
  return figures;
}

function countFigures(variable: ReportVariable, rows: string): Figure[] {
  const { kind, samples, referenceSamples, missing, unseen, unseenValues, outsideRange } = variable;
  const share = (count: number) => formatShare(count / samples);
  const counted = {
    name: 'Counted',
    value: formatCount(samples),
    meaning: `Live ${rows}, against ${formatCount(referenceSamples)} rows of the reference.`,
  };
  if (samples === 0) return [counted];
  const figures: Figure[] = [
    counted,
    { name: 'Missing', value: formatCount(missing), meaning: `${share(missing)} of the live ${rows}.` },
  ];
  if (kind === 'categorical') {
    const named = unseenValues.map(({ value, samples }) => `‘${value}’ ${formatCount(samples)}`).join(', ');
    figures.push({
      name: 'Unseen',
      value: formatCount(unseen),
      meaning: `${share(unseen)} have a category that the reference lacks${named === '' ? '' : `: ${named}`}.`,
    });
  } else {
    figures.push({
      name: 'Out of range',
      value: formatCount(outsideRange),
      meaning: `${share(outsideRange)} are beyond the reference’s extremes; they are in the outer bins too.`,
    });
  }
  return figures;
}

export function formatChange(change: number): string {
  if (Math.abs(change) < 0.005) return '0.00';
  return `${change > 0 ? '+' : '−'}${Math.abs(change).toFixed(2)}`;
}

function formatP(p: number | null): string {
  if (p === null) return '';
  return p < 0.001
    ? 'as large by chance in less than 1 of 1,000 samples'
    : `as large by chance with p = ${p.toFixed(3)}`;
}

const summaryRows = [
  ['Mean', (summary) => summary.mean],
  ['Standard deviation', (summary) => summary.deviation],
  ['Least', (summary) => summary.min],
  ['5 % are below', (summary) => summary.percentiles.p5],
  ['25 % are below', (summary) => summary.percentiles.p25],
  ['Median', (summary) => summary.percentiles.p50],
  ['75 % are below', (summary) => summary.percentiles.p75],
  ['95 % are below', (summary) => summary.percentiles.p95],
  ['Greatest', (summary) => summary.max],
] as const satisfies [string, (summary: Summary) => number][];

type Summary = NonNullable<NonNullable<ReportVariable['summary']>['live']>;

function summaryTable({ summary }: ReportVariable): Html | null {
  if (summary === null || (summary.reference === null && summary.live === null)) return null;
  const { reference, live } = summary;
  const cell = (side: Summary | null, read: (summary: Summary) => number) =>
    html`<td class="n">${side === null ? '–' : formatNumber(Number(read(side).toPrecision(5)))}</td>`;
  return html`<table>
<caption>Values</caption>
<thead><tr><th scope="col">Of the values</th><th scope="col" class="n">Reference</th><th scope="col" class="n">Live</th></tr></thead>
<tbody>${summaryRows.map(([name, read]) => html`<tr><th scope="row">${name}</th>${cell(reference, read)}${cell(live, read)}</tr>`)}</tbody>
</table>`;
}

function binsTable(variable: ReportVariable): Html {
  const { bins, wholeNumbers, samples, referenceSamples } = variable;
  const names = binNames(bins, wholeNumbers);
  const cells = (count: number, total: number) =>
    html`<td class="n">${total > 0 ? formatShare(count / total) : '–'}</td><td class="n">${formatCount(count)}</td>`;
  return html`<details><summary>Figures by bin</summary><div class="body scroll" tabindex="0" role="region" aria-label="Bins of ${variable.name}">
<table>
<thead><tr><th scope="col">Bin</th><th scope="col" class="n">Reference</th><th scope="col" class="n">rows</th><th scope="col" class="n">Live</th><th scope="col" class="n">rows</th></tr></thead>
<tbody>${bins.map((bin, i) => html`<tr><th scope="row">${names[i]}</th>${cells(bin.reference, referenceSamples)}${cells(bin.live, samples)}</tr>`)}</tbody>
</table></div></details>`;
}
