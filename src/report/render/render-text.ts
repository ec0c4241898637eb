import { driftRule, type Verdict } from '../../stats/drift.ts';
import { largeEffect } from '../../stats/effect.ts';
import {
  formatAmount,
  formatCount,
  formatEffect,
  formatPsi,
  formatShare,
  formatTime,
  signs,
} from '../../text/format.ts';
import { type Line, usualColumns } from '../../text/terminal.ts';
import { cut, wrap } from '../../text/wrap.ts';
import type { DriftReport, ReportVariable } from '../compute/drift-report.ts';
import { describeExpectedShare } from '../compute/expected-share.ts';
import { slowlyDrifting } from '../describe/describe-slow-drift.ts';
import { describeTogether } from '../describe/describe-together.ts';
import { formatAlarmValue } from './format-alarm-value.ts';
import { colors } from './text-colors.ts';
import { segmentLines } from './text-segments.ts';

/** Value bins that a histogram shows; the last one holds what is left. */
const maxBars = 10;
/** Of a row of the table: the sign, both gaps, the figures, and the longest verdict. */
const fixedWidth = 41;
/** There is room for names of this length beside the widest histograms. */
const minNameWidth = usualColumns - fixedWidth - 2 * (maxBars + 3);
const blocks = '▁▂▃▄▅▆▇█';

/**
 * The report for a terminal, readable without its colours.
 *
 * @param width the most that a line should have, from 80 characters on
 */
export function renderText(report: DriftReport, width = usualColumns): Line[] {
  const { features, score, consequence, together, alarms, notes } = report;
  const headline = wrap(`${signs[report.verdict]} ${report.headline}`, width, '  ');
  const variables = [...features, ...(score === null ? [] : [score])];
  const columns = layOut(variables, width);
  const effects = variables.some(({ effect }) => effect !== null)
    ? ` Effect: how far the move shifts the scores, in standard deviations; from ${largeEffect} on it is large.`
    : '';
  return [
    ...headline.map((line) => paint(line, report.verdict)),
    ...(consequence === null ? [] : wrap(`  ${consequence}`, width, '  ')),
    '',
    ...describeData(report).flatMap((line) => wrap(line, width, '           ')),
    '',
    header(columns),
    ...variables.flatMap((variable) => tableRows(variable, columns, width)),
    '',
    ...wrap(
      `Histograms: one column per bin that holds rows (of more than ten, the last holds the rest), then missing and unseen values. Threshold: the larger of ${driftRule.minPsi} and what chance alone explains.${effects}`,
      width,
      '',
    ),
    ...segmentLines(report, width),
    ...(together === null ? [] : ['', ...wrap(describeTogether(together), width, '  ')]),
    ...describePredictions(report, width),
    ...describeExpected(report, width),
    ...(alarms === null ? [] : ['', ...describeAlarms(alarms, width)]),
    ...(notes.length > 0 ? ['', ...notes.flatMap((note) => wrap(`Note: ${note}`, width, '      '))] : []),
  ];
}

function paint(text: string, verdict: Verdict): Line {
  return { text, color: colors[verdict] };
}

/** Widths of columns, in characters. */
type Columns = { readonly name: number; readonly histogram: number };

/** Long names take the room that narrow histograms leave. */
function layOut(variables: readonly ReportVariable[], width: number): Columns {
  const histogram = Math.max(
    ...variables.flatMap((variable) => histograms(variable).map((text) => text.length)),
  );
  const longest = Math.max(...variables.map(({ name }) => name.length));
  const room = width - fixedWidth - 2 * Math.max(histogram, 'reference'.length);
  const name = Math.max(minNameWidth, Math.min(longest, room));
  return { name, histogram: Math.min(maxBars + 3, Math.floor((width - fixedWidth - name) / 2)) };
}

function header({ name, histogram }: Columns): string {
  return [
    '  ',
    'feature'.padEnd(name),
    ' ',
    'reference'.padEnd(histogram),
    ' ',
    'live'.padEnd(histogram),
    'PSI'.padStart(6),
    'threshold'.padStart(10),
    'effect'.padStart(7),
    '  verdict',
  ].join('');
}

function tableRows(variable: ReportVariable, columns: Columns, width: number): Line[] {
  const { name, verdict, sentence, psi, threshold, effect } = variable;
  const [reference, live] = histograms(variable);
  const row = [
    `${signs[verdict]} `,
    cut(name, columns.name).padEnd(columns.name),
    ' ',
    reference.padEnd(columns.histogram),
    ' ',
    live.padEnd(columns.histogram),
    formatPsi(psi).padStart(6),
    formatPsi(threshold).padStart(10),
    formatEffect(effect).padStart(7),
    `  ${verdict}`,
  ].join('');
  const isTold = verdict !== 'stable' || slowlyDrifting([variable]).length > 0;
  return [paint(row, verdict), ...(isTold ? wrap(`    ${sentence}`, width, '    ') : [])];
}

/** Both histograms, on one scale. */
function histograms({ kind, bins }: ReportVariable): [reference: string, live: string] {
  const apart = kind === 'numeric' ? 1 : 2;
  const values = bins.slice(0, -apart).filter(({ reference, live }) => reference + live > 0);
  const shown = values.slice(0, maxBars);
  for (const { reference, live } of values.slice(maxBars)) {
    const last = shown[maxBars - 1];
    shown[maxBars - 1] = {
      ...last,
      reference: last.reference + reference,
      live: last.live + live,
    };
  }
  const columns = [...shown, ...bins.slice(-apart)];
  const share = (side: 'reference' | 'live') => {
    const total = columns.reduce((sum, bin) => sum + bin[side], 0);
    return columns.map((bin) => (total > 0 ? bin[side] / total : 0));
  };
  const shares = [share('reference'), share('live')];
  const most = Math.max(...shares.flat());
  const [reference, live] = shares.map((side) => {
    const bars = side.map((value) => block(value, most));
    return `${bars.slice(0, shown.length).join('')} ${bars.slice(shown.length).join('')}`;
  });
  return [reference, live];
}

/** A column for a share; nothing at all is a dot, so that it is not taken for a little. */
function block(share: number, most: number): string {
  if (share === 0) return '·';
  return blocks[Math.min(blocks.length - 1, Math.floor((share / most) * blocks.length))];
}

function describeData({ model, reference, live }: DriftReport): string[] {
  const { samples, kind, from, to, otherVersions, damagedLines, damaged } = live;
  const origins = {
    training: 'rows that the model file was made from',
    traffic: 'rows of accepted traffic',
    file: 'rows',
  };
  const period = from === null || to === null ? '' : `, ${formatTime(from)} – ${formatTime(to)} UTC`;
  const lines = [
    `live       ${formatCount(samples)} ${kind}${period}`,
    `reference  ${formatCount(reference.samples)} ${origins[reference.origin]}`,
  ];
  if (model !== null) lines.push(`model      ${model.name}, version ${model.version}`);
  if (otherVersions.length > 0) {
    const others = otherVersions.map(({ version, samples }) => `${formatCount(samples)} of ${version}`);
    lines.push(`left out   other versions: ${others.join(', ')}`);
  }
  if (damagedLines > 0) {
    const places = damaged.map(({ source, line }) => `${source}:${line}`).join(', ');
    const more = damagedLines > damaged.length ? ', …' : '';
    lines.push(`damaged    ${formatAmount(damagedLines, 'line')} skipped: ${places}${more}`);
  }
  return lines;
}

function describePredictions({ predictions }: DriftReport, width: number): string[] {
  if (predictions === null) return [];
  const parts = predictions.map(({ class: name, live, reference: before }) => {
    const compared = before === null ? '' : ` (${formatShare(before)} in the reference)`;
    return `${name} ${formatShare(live)}${compared}`;
  });
  return ['', ...wrap(`Predictions: ${parts.join(', ')}.`, width, '  ')];
}

function describeExpected({ expectedShare, positive }: DriftReport, width: number): string[] {
  return expectedShare === null || positive === null
    ? []
    : wrap(describeExpectedShare(expectedShare, positive), width, '  ');
}

function describeAlarms(alarms: NonNullable<DriftReport['alarms']>, width: number): string[] {
  if (alarms.length === 0) return ['Backtest: no alert would have fired.'];
  const lines = alarms.map((alarm) => {
    const { alert, severity, feature, from, to } = alarm;
    const end = to === null ? 'the end' : formatTime(to);
    const about = feature === null ? '' : ` ${feature}`;
    return `  ${severity.padEnd(8)} ${alert}${about}, ${formatTime(from)} – ${end}, at most ${formatAlarmValue(alarm)}`;
  });
  const title = `Backtest: ${formatAmount(alarms.length, 'alert')} would have fired (UTC):`;
  return [title, ...lines.flatMap((line) => wrap(line, width, '         '))];
}
