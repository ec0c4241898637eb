import { type Html, html } from '../report/render/html.ts';
import type { Interval } from '../stats/interval.ts';
import { formatScore } from './format-score.ts';
import { highestOf, type ReliabilityBand } from './measure.ts';
import type { RocPoint } from './roc-curve.ts';

/** Points of a curve that are nearer to each other than this share of its side cannot be told apart. */
const leastStep = 0.004;

/** The ROC curve in a square, over the dashed line of chance. */
export function rocFigure(points: readonly RocPoint[], area: string): Html | null {
  if (points.length === 0) return null;
  let last = points[0];
  const kept = points.filter((point, i) => {
    const isFar =
      Math.abs(point.falsePositiveRate - last.falsePositiveRate) +
        Math.abs(point.truePositiveRate - last.truePositiveRate) >=
      leastStep;
    if (i > 0 && i < points.length - 1 && !isFar) return false;
    last = point;
    return true;
  });
  const line = kept
    .map((point) => `${place(point.falsePositiveRate)} ${place(1 - point.truePositiveRate)}`)
    .join('L');
  return html`<figure class="plot"><figcaption>Share of the positives found (up) against share of the negatives taken for positive. Dashed: chance.</figcaption><svg class="curve" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="ROC curve; the area under it is ${area}.">${{
    html: `<path class="chance" d="M0 100L100 0"/><path class="line" d="M${line}"/><path class="axis" d="M0 0V100H100"/>`,
  }}</svg>${ends('0', 'false positive rate', '1')}</figure>`;
}

/**
 * Band by band, the share of positives as a bar and the mean score as the outline that it should fill. Bands are
 * equally wide here and as high as the highest needs: where positives are rare all scores lie close to 0.
 */
export function reliabilityFigure(bands: readonly ReliabilityBand[]): Html {
  const bars: string[] = [];
  const outlines: string[] = [];
  const top = highestOf(bands);
  for (const [i, { meanScore, positiveShare }] of bands.entries()) {
    if (meanScore === null || positiveShare === null) continue;
    const [left, right] = [place(i / bands.length), place((i + 1) / bands.length)];
    if (positiveShare > 0) {
      bars.push(
        `<path class="live" d="M${left + 1.5} 100V${place(1 - positiveShare / top)}H${right - 1.5}V100z"/>`,
      );
    }
    outlines.push(`M${left} 100V${place(1 - meanScore / top)}H${right}V100`);
  }
  return html`<figure class="plot"><figcaption>By band of the score, from the lowest to the highest; the top is ${formatScore(top)}. A bar that ends at its outline: the scores can be taken for probabilities. Few rows make a bar jump: the table has their number.</figcaption><svg class="curve" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="Reliability diagram. The figures are in the table below.">${{
    html: `${bars.join('')}<path class="reference" d="${outlines.join('')}"/><path class="axis" d="M0 0V100H100"/>`,
  }}</svg>${ends('lowest', 'score', 'highest')}</figure>`;
}

/** A figure with its interval, over the range that it had in the evaluation of the model file; what lies beyond 0 or 1 is cut off. */
export function intervalChart(
  value: number,
  interval: Interval | null,
  modelFile: { readonly value: number; readonly standardError: number } | null,
): Html {
  const x = (amount: number) => place(Math.min(Math.max(amount, 0), 1));
  const around = (center: number, half: number) =>
    `<path class="reference" d="M${x(center - half)} 2H${x(center + half)}V18H${x(center - half)}z"/>`;
  const before = modelFile && around(modelFile.value, modelFile.standardError);
  const range =
    interval === null ? '' : `<path class="line" d="M${x(interval.low)} 10H${x(interval.high)}"/>`;
  return html`<svg class="interval" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">${{
    html: `<path class="axis" d="M0 19.5H100"/>${before ?? ''}${range}<path class="dots" d="M${x(value)} 10h.01"/>`,
  }}</svg>`;
}

function ends(from: string, name: string, to: string): Html {
  return html`<div class="ends" aria-hidden="true"><span>${from}</span><span>${name}</span><span>${to}</span></div>`;
}

/** A share as a place in a box of 100 units. */
function place(share: number): number {
  return Math.round(share * 1000) / 10;
}
