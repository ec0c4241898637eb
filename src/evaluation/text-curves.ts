import { formatScore } from './format-score.ts';
import { highestOf, type ReliabilityBand } from './measure.ts';
import type { RocPoint } from './roc-curve.ts';

const width = 40;
const height = 10;
const barWidth = 30;

/** The ROC curve as a plot of characters: `●` is the curve, `·` what chance alone would give. */
export function drawRoc(points: readonly RocPoint[]): string[] {
  if (points.length === 0) return [];
  const rows = Array.from({ length: height + 1 }, (_, row) => {
    const level = 1 - row / height;
    const cells = Array.from({ length: width + 1 }, (_, column) => {
      if (Math.round(rateAt(points, column / width) * height) === height - row) return '●';
      return Math.round((column / width) * height) === height - row ? '·' : ' ';
    });
    return `${level.toFixed(1).padStart(5)} │${cells.join('')}`;
  });
  return [
    'ROC curve: share of positives found (up) against share of false alarms',
    ...rows,
    `${' '.repeat(6)}└${'─'.repeat(width + 1)}`,
    `${' '.repeat(7)}0.0${'1.0'.padStart(width - 2)}`,
    '',
  ];
}

/** The curve's height at a false positive rate, on straight lines between its points. */
function rateAt(points: readonly RocPoint[], falsePositiveRate: number): number {
  const after = points.findIndex((point) => point.falsePositiveRate > falsePositiveRate);
  if (after < 0) return 1;
  const [one, other] = [points[after - 1], points[after]];
  const along =
    (falsePositiveRate - one.falsePositiveRate) / (other.falsePositiveRate - one.falsePositiveRate);
  return one.truePositiveRate + along * (other.truePositiveRate - one.truePositiveRate);
}

/** Mean score against share of positives, band by band: `█` is the share, `│` where the mean score stands. */
export function drawReliability(bands: readonly ReliabilityBand[]): string[] {
  const top = highestOf(bands);
  const ranges = bands.map(({ from, to }) => `${formatScore(from)} – ${formatScore(to)}`);
  const columns = Math.max(12, ...ranges.map((range) => range.length + 1));
  const rows = bands.map(({ samples, meanScore, positiveShare }, band) => {
    const label = ranges[band].padEnd(columns);
    const numbers = [
      String(samples).padStart(9),
      formatShareOf(meanScore).padStart(8),
      formatShareOf(positiveShare).padStart(10),
    ].join('');
    if (meanScore === null || positiveShare === null) return label + numbers;
    const bar = Array.from({ length: barWidth + 1 }, (_, i) => {
      if (Math.round((meanScore / top) * barWidth) === i) return '│';
      return i < Math.round((positiveShare / top) * barWidth) ? '█' : ' ';
    });
    return `${label}${numbers}  ${bar.join('')}`;
  });
  return [
    `Reliability: share of positives (█) and mean score (│); the full width is ${formatScore(top)}`,
    `${'score'.padEnd(columns)}${'N'.padStart(9)}${'mean'.padStart(8)}${'positive'.padStart(10)}`,
    ...rows,
    '',
  ];
}

function formatShareOf(value: number | null): string {
  if (value === null) return '–';
  return value < 0.01 ? formatScore(value) : value.toFixed(3);
}
