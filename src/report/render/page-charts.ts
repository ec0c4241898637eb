import { driftThreshold } from '../../stats/drift.ts';
import { binNames } from '../../text/bin-names.ts';
import { formatPsi, formatShare } from '../../text/format.ts';
import type { ReportVariable } from '../compute/drift-report.ts';
import { type Html, html } from './html.ts';

/** Sizes in the units of the charts' own boxes, which stretch to the width they get. */
const slot = 10;
const gap = 5;
const height = 100;

/** What a histogram shows of a variable. */
export type Charted = Pick<
  ReportVariable,
  'bins' | 'kind' | 'wholeNumbers' | 'samples' | 'referenceSamples' | 'outsideRange'
>;

type Column = {
  readonly name: string;
  readonly reference: number;
  readonly live: number;
  readonly kind: 'value' | 'apart' | 'outside';
};

/** The columns of a histogram as shares of all rows: the bins, then apart what is missing, unseen, out of range. */
function histogramColumns(variable: Charted): Column[] {
  const { bins, kind, wholeNumbers, samples, referenceSamples, outsideRange } = variable;
  const names = binNames(bins, wholeNumbers);
  const values = bins.length - (kind === 'numeric' ? 1 : 2);
  const columns: Column[] = bins.map(({ reference, live }, i) => ({
    name: names[i],
    reference: referenceSamples > 0 ? reference / referenceSamples : 0,
    live: samples > 0 ? live / samples : 0,
    kind: i < values ? 'value' : 'apart',
  }));
  if (outsideRange > 0) {
    columns.push({ name: 'out of range', reference: 0, live: outsideRange / samples, kind: 'outside' });
  }
  return columns;
}

/** The histogram's shapes: the live shares as bars, the reference as a step line, or as outlines for categories. */
export function histogram(variable: Charted, label: string | null): Html {
  const columns = histogramColumns(variable);
  const values = valueColumns(columns);
  const width = columns.length * slot + gap;
  const most = Math.max(...columns.flatMap(({ reference, live }) => [reference, live]), 1e-9);
  const left = (i: number) => i * slot + (i < values ? 0 : gap);
  const top = (share: number) => round(height - (share / most) * (height - 2));
  const bars = columns.map(({ live, kind }, i) => {
    if (live === 0) return '';
    const y = top(live);
    return `<path class="${kind === 'outside' ? 'outside' : 'live'}" d="M${left(i) + 1.5} ${height}V${y}h7V${height}z"/>`;
  });
  const outline = (from: number, to: number) => {
    const steps = columns
      .slice(from, to)
      .map(({ reference }, i) => `V${top(reference)}H${left(from + i) + slot}`);
    return `M${left(from)} ${height}${steps.join('')}V${height}`;
  };
  const joined = variable.kind === 'numeric' ? values : 0;
  const outlines = [
    ...(joined > 0 ? [outline(0, joined)] : []),
    ...columns
      .slice(joined)
      .map((column, i) => (column.reference > 0 ? outline(joined + i, joined + i + 1) : '')),
  ];
  const role = label === null ? html`aria-hidden="true"` : html`role="img" aria-label="${label}"`;
  return html`<svg class="histogram" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" ${role}>${{
    html: `${bars.join('')}<path class="reference" d="${outlines.join('')}"/><path class="axis" d="M0 ${height}H${left(values - 1) + slot}M${left(values)} ${height}H${width}"/>`,
  }}</svg>`;
}

/** What the shapes of histograms mean. @param live what the bars are of */
export function histogramLegend(live = 'live'): Html {
  return html`<p class="legend"><span class="r">reference</span><span class="l">${live}</span><span class="o">out of the reference’s range</span><span class="apart">apart at the right: missing, unseen</span></p>`;
}

/** What a histogram with its figures shows. */
export type ChartedFigure = Charted & Pick<ReportVariable, 'name' | 'sentence'>;

/** A histogram with the name and the shares of each bin below. The page needs the `histogramRules` of all that it shows. */
export function histogramFigure(variable: ChartedFigure): Html {
  const { samples } = variable;
  const columns = histogramColumns(variable);
  const values = valueColumns(columns);
  const size = columns.length > 14 ? 'many' : columns.length > 7 ? 'some' : 'few';
  const cells = columns.map(
    ({ name, reference, live }, i) =>
      html`${i === values && html`<span></span>`}<span><b>${name}</b><i>${samples > 0 ? formatShare(live) : '–'}</i><s>${formatShare(reference)}</s></span>`,
  );
  const label = `Histogram of ${variable.name}, live against reference. ${variable.sentence} The figures are in the table below.`;
  return html`<figure class="bars ${size} ${columnsClass(columns)}">${histogram(variable, label)}<div class="ticks" aria-hidden="true">${cells}</div></figure>`;
}

/** The style of figures with as many columns as these have: a page may not hold a `style` attribute. */
export function histogramRules(variables: readonly Charted[]): string {
  const rules = variables.map((variable) => {
    const columns = histogramColumns(variable);
    const [name, values] = [columnsClass(columns), valueColumns(columns)];
    return `.${name}{max-width:${columns.length * 6}rem}.${name} .ticks{grid-template-columns:repeat(${values},${slot}fr) ${gap}fr repeat(${columns.length - values},${slot}fr)}`;
  });
  return [...new Set(rules)].join('\n');
}

function valueColumns(columns: readonly Column[]): number {
  return columns.filter(({ kind }) => kind === 'value').length;
}

function columnsClass(columns: readonly Column[]): string {
  const values = valueColumns(columns);
  return `columns-${values}-${columns.length - values}`;
}

/** What the chart shows of a variable. */
export type OverTime = Pick<ReportVariable, 'name' | 'overTime'>;

/**
 * PSI over time as a line, above the grey of what is no drift.
 *
 * @param startMs where the chart begins, in ms since 1970; at the first step by default
 */
export function overTimeChart(
  { name, overTime }: OverTime,
  stepSeconds: number,
  startMs = Date.parse(overTime[0]?.from),
): Html {
  const points = overTime.filter((step) => step.psi !== null);
  if (points.length === 0) return html`<p class="quiet">No values of ${name} with a time.</p>`;
  const stepMs = stepSeconds * 1000;
  const spanMs = Date.parse(overTime[overTime.length - 1].from) + stepMs - startMs;
  const thresholds = points.map(({ psiNoiseCeiling }) => driftThreshold(psiNoiseCeiling));
  const highest = Math.max(...points.map(({ psi }) => psi ?? 0));
  const top = Math.max(highest, Math.min(...thresholds) * 1.5) * 1.08;
  const x = (iso: string, share: number) =>
    round(((Date.parse(iso) - startMs + share * stepMs) / spanMs) * 1000);
  const y = (value: number) => round(height - (Math.min(value, top) / top) * height);
  let thresholdArea = '';
  let line = '';
  points.forEach(({ from, psi }, i) => {
    // the present, after the last whole step, begins before that ends
    const isNext = i > 0 && Date.parse(from) - Date.parse(points[i - 1].from) <= stepMs;
    if (!isNext) thresholdArea += `${i > 0 ? `V${height}z` : ''}M${x(from, 0)} ${height}`;
    thresholdArea += `V${y(thresholds[i])}H${x(from, 1)}`;
    line += `${isNext ? 'L' : 'M'}${x(from, 0.5)} ${y(psi ?? 0)}${isNext ? '' : 'h.01'}`;
  });
  const drifting = points.filter(({ verdict }) => verdict === 'drifting');
  const dots = drifting.map(({ from, psi }) => `M${x(from, 0.5)} ${y(psi ?? 0)}h.01`).join('');
  const label = `PSI of ${name} in ${points.length} steps: at most ${formatPsi(highest)}, above its threshold in ${drifting.length}.`;
  return html`<div class="scale" aria-hidden="true">PSI ${formatPsi(top / 1.08)}</div><svg class="time" viewBox="0 0 1000 ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${{
    html: `<path class="threshold" d="${thresholdArea}V${height}z"/><path class="line" d="${line}"/>${dots === '' ? '' : `<path class="dots" d="${dots}"/>`}<path class="axis" d="M0 ${height}H1000"/>`,
  }}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
