import { driftRule } from '../stats/drift.ts';
import { type SlowDriftBet, slowDriftBets, slowDriftRule } from '../stats/slow-drift.ts';
import { type Bets, betGroups, hasWon, settlement, unlessAlerted } from './daily-bet-rules.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { byFeature, perBin, perFeature, promql } from './promql.ts';
import { type Alert, type RecordingRule, type RuleGroup, timed } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

const ranks = 'model_feature_bin:reference_mid_rank:max';
const tolerance = 'model_feature:slow_drift_tolerance';
const weight = 'model_feature:slow_drift_weight';
const day = `window="${settlement.window}"`;
/** A variable without values for this long is skipped: its version no longer answers, and its bets stay as they are. */
const forgotten = 'window="7d"';

const bets: Bets = {
  level: 'model_feature',
  name: 'slow_drift',
  by: byFeature,
  // of numeric variables alone
  watched: 'model_feature:reference_values',
};

/** What all bets of a day share, as `createSlowDrift` in `src/stats` defines it. */
const ofAllBets: readonly RecordingRule[] = [
  {
    record: tolerance,
    expr: promql`
      clamp_min(
        ${driftRule.ceilingZ} / sqrt(12 * (model_feature:reference_values > 0)),
        ${slowDriftRule.tolerance})`,
  },
  {
    // Absent on a day without values.
    record: weight,
    expr: promql`
      clamp_max(
        ${slowDriftRule.maxDailyRows} / (sum by (${byFeature}) (model_feature:values:increase{${day}}) > 0),
        1)`,
  },
];

function growth({ direction, stake }: SlowDriftBet): string {
  const excess = direction === 1 ? `${ranks} - 0.5` : `0.5 - ${ranks}`;
  return promql`
    ${weight} * sum by (${byFeature}) (
      model_feature_bin:observations:increase{${day}}
        * ${perBin} ln(1 + ${stake} * (${excess} - ${perFeature} ${tolerance}))
    )`;
}

/** The bets on numeric variables and the score. */
export function slowDriftGroups(scales: Scales): RuleGroup[] {
  const placed = slowDriftBets.map((bet) => ({
    direction: bet.direction,
    labels: { stake: String(bet.stake) },
    growth: growth(bet),
  }));
  return betGroups(bets, ofAllBets, placed, scales);
}

export function slowDriftAlerts(scales: Scales): Alert[] {
  return [
    {
      ...timed('ModelDriftSlow', scales),
      component: 'model',
      expr: promql`
        ${hasWon(bets)}
        and on (${byFeature}) model_feature:values:increase{${forgotten}} > 0
        ${unlessAlerted(bets, 'ModelFeatureDrift|ModelScoreDrift', scales)}`,
      summary:
        'Feature {{ $labels.feature }} of {{ $labels.model }} {{ $labels.version }} {{ $labels.direction }}, slowly or on few requests',
      description: `Bets on every day so far that the values have changed have won {{ $value | printf "%.0f" }} on average; from ${slowDriftRule.threshold} on chance alone no longer explains it. No day or week has enough requests to show it by itself. Compare the samples of the last weeks with the reference (npm run drift); correct the data at its source, or retrain or rebaseline on newer rows.`,
      dashboard: dashboardLink(dashboards.drift, ['model', 'version', 'feature']),
    },
  ];
}
