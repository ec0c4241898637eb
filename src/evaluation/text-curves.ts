import type { ReliabilityBand } from './measure.ts';
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
  const rows = bands.map(({ from, to, samples, meanScore, positiveShare }) => {
    const label = `${from.toFixed(1)} – ${to.toFixed(1)}`.padEnd(12);
    const numbers = [
      String(samples).padStart(9),
      (meanScore?.toFixed(3) ?? '–').padStart(8),
      (positiveShare?.toFixed(3) ?? '–').padStart(10),
    ].join('');
    if (meanScore === null || positiveShare === null) return label + numbers;
    const bar = Array.from({ length: barWidth + 1 }, (_, i) => {
      if (Math.round(meanScore * barWidth) === i) return '│';
      return i < Math.round(positiveShare * barWidth) ? '█' : ' ';
    });
    return `${label}${numbers}  ${bar.join('')}`;
  });
  return [
    'Reliability: the share of positives (█) should reach the mean score (│)',
    `${'score'.padEnd(12)}${'N'.padStart(9)}${'mean'.padStart(8)}${'positive'.padStart(10)}`,
    ...rows,
    '',
  ];
}
