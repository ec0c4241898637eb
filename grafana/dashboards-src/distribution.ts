import { driftRule } from '../../src/stats/drift.ts';
import { of, version } from './model-queries.ts';
import type { PanelBuilder } from './panel.ts';
import { shortBins } from './panel-expressions.ts';
import { bars, binLabels, liveBars, number, referenceBars, table } from './tables.ts';

/**
 * One variable's distribution at the end of the time range: bars of both shares in the order of the bins, and the
 * counts behind them.
 *
 * @param feature its name, or the dashboard variable that holds it
 */
export function distributionPanels(feature: string, title: string): PanelBuilder[] {
  const matcher = `feature="${feature}"`;
  const byBin = (metric: string) => shortBins(`max by (bin) (${metric})`);
  const reference = byBin(`model_feature_bin:reference_ratio:max{${version},${matcher}}`);
  const live = byBin(of('model_feature_bin:live_ratio', matcher));
  const count = byBin(of('model_feature_bin:observations:increase', matcher));
  const p = byBin(of('model_feature_bin:live_ratio:smoothed', matcher));
  const q = byBin(`model_feature_bin:reference_ratio:smoothed{${version},${matcher}}`);
  return [
    bars(
      {
        title,
        description:
          'Share of the reference (grey outline) and of live traffic over the chosen window (orange) in each bin. The bins are those of the reference and never move. Missing and unseen values stand at the right.',
        unit: 'percentunit',
        noData: 'no reference is exported for this version',
      },
      [{ expr: reference }, { expr: live }],
      'bin',
      [
        { from: { label: 'bin' }, name: 'Bin', look: binLabels },
        { from: { query: 'A' }, name: 'reference', look: [...referenceBars, { id: 'decimals', value: 1 }] },
        { from: { query: 'B' }, name: 'live', look: [...liveBars, { id: 'decimals', value: 1 }] },
      ],
    ).height(13),
    table(
      {
        title: `Counts behind: ${feature}`,
        description: `The bars in numbers. Adds to PSI: what a bin contributes; the sum is the PSI (half a pseudo-observation a bin on both sides, ${driftRule.pseudoCount}). The largest one says where the change is.`,
        unit: 'none',
        noData: 'no reference is exported for this version',
      },
      [{ expr: reference }, { expr: live }, { expr: count }, { expr: `(${p} - ${q}) * ln(${p} / ${q})` }],
      'bin',
      [
        {
          from: { label: 'bin' },
          name: 'Bin',
          width: 150,
          look: binLabels,
        },
        { from: { query: 'A' }, name: 'Reference', look: number('percentunit', 1) },
        { from: { query: 'B' }, name: 'Live', look: number('percentunit', 1) },
        { from: { query: 'C' }, name: 'Count', look: number('locale', 0) },
        { from: { query: 'D' }, name: 'Adds to PSI', look: number('none', 3) },
      ],
    )
      .span(8)
      .height(13),
  ];
}
