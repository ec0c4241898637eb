import { performanceSigns } from '../monitor/describe-performance.ts';
import type { Interval } from '../stats/interval.ts';
import { formatCount, formatFixedShare } from '../text/format.ts';
import { usualColumns } from '../text/terminal.ts';
import { cut, wrap } from '../text/wrap.ts';
import { describeExpected } from './describe-expected.ts';
import { describeSlice, describeSlices, sliceSigns } from './describe-slices.ts';
import type { Evaluation } from './evaluate.ts';
import { protocolAdjective, protocolPhrase } from './evaluation-protocol.ts';
import { figureTitles } from './figure-titles.ts';
import { type BesideChampion, pairFigures } from './followed-model.ts';
import { formatDays } from './format-days.ts';
import { figureNames } from './measure.ts';
import type { Slice } from './slices.ts';
import { drawReliability, drawRoc } from './text-curves.ts';

const titleWidth = 20;

/**
 * The evaluation for a terminal.
 *
 * @param width the most that a line should have, from 80 characters on
 */
export function renderEvaluationText(evaluation: Evaluation, width = usualColumns): string[] {
  const { model, classes, samples, source, notes } = evaluation;
  const expected = describeExpected(evaluation);
  return [
    ...wrap(`${performanceSigns[evaluation.verdict]} ${evaluation.headline}`, width, '  '),
    '',
    `${model.name} ${model.version} on ${formatCount(samples)} labelled rows`,
    ...wrap(source, width, '  '),
    `positive class: ${classes.positive}`,
    '',
    ...describeFigures(evaluation, width),
    '',
    ...describeConfusion(evaluation),
    '',
    ...describeCoverage(evaluation, width),
    ...(expected === null ? [] : [...wrap(expected, width, '  '), '']),
    ...drawRoc(evaluation.rocCurve),
    ...drawReliability(evaluation.reliability),
    ...slicesTable(evaluation.slices, width),
    ...evaluation.besideChampions.flatMap((figures) => describeChampion(figures, width)),
    ...notes.flatMap((note) => wrap(`Note: ${note}`, width, '      ')),
  ].map((line) => line.trimEnd());
}

function describeFigures(evaluation: Evaluation, width: number): string[] {
  const { intervals, modelFile, binned, notIdentified } = evaluation;
  const head = ['', 'value', '95 % interval', modelFile ? protocolAdjective(modelFile) : ''];
  const rows = figureNames.map((name) => [
    figureTitles[name],
    notIdentified.includes(name) ? 'not identified' : figure(evaluation[name]),
    interval(intervals[name]),
    modelFile === null || name === 'expectedCalibrationError'
      ? ''
      : `${figure(modelFile[name].value)} ± ${figure(modelFile[name].standardError)}`,
  ]);
  const widths = [titleWidth, 16, 18, 18];
  const lines = [head, ...rows].map((cells) => cells.map((cell, i) => cell.padEnd(widths[i])).join(''));
  return [
    ...lines,
    '',
    ...wrap(
      `From the score bins, as the service computes them: ROC AUC ${figure(binned.rocAuc)} (within ${figure(binned.rocAucMaxError)}${modelFile ? `; ${protocolPhrase(modelFile)} ${figure(binned.modelFileRocAuc)}` : ''}), calibration error ${figure(binned.expectedCalibrationError)}.`,
      width,
      '  ',
    ),
    ...(notIdentified.length === 0
      ? []
      : [
          '',
          ...wrap(
            `Not identified: one decision has hardly any outcomes, so what holds for the labelled rows need not hold for all rows. On the labelled rows alone: ${notIdentified.map((name) => `${figureTitles[name]} ${figure(evaluation.labelledOnly[name] ?? null)}`).join(', ')}.`,
            width,
            '  ',
          ),
        ]),
  ];
}

function describeConfusion({ classes, confusion }: Evaluation): string[] {
  const { negative, positive } = classes;
  const { trueNegatives, falsePositives, falseNegatives, truePositives } = confusion;
  const row = (label: string, cells: (string | number)[]) =>
    label.padEnd(titleWidth) +
    cells.map((cell) => (typeof cell === 'number' ? formatCount(cell) : cell).padStart(16)).join('');
  return [
    row('', [`→ ${negative}`, `→ ${positive}`]),
    row(`was ${negative}`, [trueNegatives, falsePositives]),
    row(`was ${positive}`, [falseNegatives, truePositives]),
  ];
}

function describeCoverage({ coverage, delay, classes }: Evaluation, width: number): string[] {
  const came =
    delay === null
      ? []
      : [
          `Delay: half of the outcomes came within ${formatDays(delay.p50Days)}, 95 % within ${formatDays(delay.p95Days)}.`,
          '',
        ];
  if (coverage === null) return came;
  const { all, byDecision } = coverage;
  const decisions = [classes.negative, classes.positive].map(
    (name, i) => `${name} ${share(byDecision[i].share)}`,
  );
  return [
    ...wrap(
      `Coverage: ${share(all.share)} of ${formatCount(all.predictions)} predictions have an outcome (${decisions.join(', ')}).`,
      width,
      '  ',
    ),
    ...(came.length > 0 ? came : ['']),
  ];
}

/** Beside the name of a slice. */
const sliceColumns = [
  ['N', 8],
  ['positive', 9],
  ['accuracy', 9],
  ['precision', 10],
  ['recall', 7],
  ['FPR', 6],
  ['AUC', 7],
] as const;

const minSliceWidth = 22;
/** Behind each row stands a blank and the sign of its verdict. */
const signWidth = 2;

function slicesTable(slices: readonly Slice[], width: number): string[] {
  if (slices.length === 0) return [];
  const nameOf = (slice: Slice) => `${slice.feature} ${slice.bin.label}`;
  const figuresWidth = sliceColumns.reduce((sum, [, columns]) => sum + columns, signWidth);
  const longest = Math.max(...slices.map((slice) => nameOf(slice).length));
  const nameWidth = Math.max(minSliceWidth, Math.min(longest, width - figuresWidth));
  const cells = (slice: Slice) => [
    nameOf(slice),
    formatCount(slice.samples),
    share(slice.positives / slice.samples),
    ...[slice.accuracy, slice.precision, slice.recall].map(figure),
    ...[slice.rates.falsePositiveRate.value, slice.rocAuc].map(figure),
  ];
  const line = (texts: readonly string[]) =>
    texts
      .map((cell, i) =>
        i > 0 ? cell.padStart(sliceColumns[i - 1][1]) : cut(cell, nameWidth).padEnd(nameWidth),
      )
      .join('');
  return [
    line(['slice', ...sliceColumns.map(([title]) => title)]),
    ...slices.flatMap((slice) => {
      const worse = describeSlice(slice);
      return [
        `${line(cells(slice))} ${sliceSigns[slice.verdict]}`,
        ...(worse === null ? [] : wrap(`    ${worse}`, width, '      ')),
      ];
    }),
    '',
    ...wrap(describeSlices(slices), width, ''),
    '',
  ];
}

function describeChampion({ champion, outcomes, ...figures }: BesideChampion, width: number): string[] {
  const cells = (texts: readonly string[]) =>
    texts.map((text, i) => (i === 0 ? text.padEnd(titleWidth) : text.padStart(12))).join('');
  return [
    ...wrap(
      `Beside ${champion.name} ${champion.version}, which it followed as its shadow, on ${formatCount(outcomes)} rows that both have scored:`,
      width,
      '  ',
    ),
    `${cells(['', 'this model', 'the other', 'difference'])}     95 % interval`,
    ...pairFigures.map(([name, title]) => {
      const { shadow, champion: other, difference } = figures[name];
      const value = difference === null ? '–' : difference.value.toFixed(3);
      const range = difference === null ? '' : `${difference.low.toFixed(3)} – ${difference.high.toFixed(3)}`;
      return `${cells([title, figure(shadow), figure(other), value])}  ${range.padStart(16)}`;
    }),
    '',
  ];
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function interval(value: Interval | null): string {
  return value === null ? '' : `${value.low.toFixed(3)} – ${value.high.toFixed(3)}`;
}

function share(value: number | null): string {
  return value === null ? '–' : formatFixedShare(value);
}
