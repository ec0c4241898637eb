import { outcomeRule } from '../monitor/performance-calibration.ts';
import { type SlowOutcomesBet, slowOutcomesBets, slowOutcomesRule } from '../monitor/slow-outcomes.ts';
import { dailyBetRule, directionOf } from '../stats/daily-bets.ts';
import { type Bets, betGroups, hasWon, settlement, unlessAlerted } from './daily-bet-rules.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { byModel } from './performance-labels.ts';
import { promql } from './promql.ts';
import { type Alert, type RecordingRule, type RuleGroup, timed } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

const byBand = `${byModel}, score_band`;
const tolerance = 'model:slow_outcomes_tolerance';
const tolerated = 'model_score_band:slow_outcomes_tolerated';
const weight = 'model:slow_outcomes_weight';
const ofDay = (metric: string) => `${metric}{window="${settlement.window}"}`;
const ofWeek = (metric: string) => `${metric}{window="7d"}`;
const sum = (expr: string) => `sum by (${byModel}) (${expr})`;
const outcomes = 'model_score_band:outcomes';
const expected = 'model_score_band:outcome_expected:increase';
const variance = 'model_score_band:outcome_variance:increase';
const toBands = `on (${byModel}) group_left ()`;

const bets: Bets = {
  level: 'model',
  name: 'slow_outcomes',
  by: byModel,
  watched: `group by (${byModel}) (model_score_bin_reference_rows)`,
};

/** The number of positive outcomes that the calibration leaves open, by the scores that came in a week. */
const leftOpen = promql`
  ${slowOutcomesRule.z} * sqrt(${sum(promql`
    ${ofWeek(variance)} * ${ofWeek(outcomes)}
      / on (${byBand}) group_left () clamp_min(model_score_band:reference_rows, 1)`)})`;

/** What all bets of a day share, as `createSlowOutcomes` in `src/monitor` defines it. */
const ofAllBets: readonly RecordingRule[] = [
  {
    // Absent where the calibration knows too little, or nothing has come.
    record: tolerance,
    expr: promql`
      (
        ${outcomeRule.leastEffect['7d']} * ${sum(ofWeek('model:outcome_expected:rarer_class'))}
          > ${leftOpen}
        or ${leftOpen}
      )
        / ${sum(ofWeek(variance))}
        <= ${slowOutcomesRule.maxTolerance}`,
  },
  {
    record: weight,
    expr: promql`
      clamp_max(${slowOutcomesRule.maxDailyVariance} / ${sum(ofDay(variance))}, 1)
        / ${outcomeRule.designEffect}
        and ${sum(ofDay(outcomes))} > 0`,
  },
  {
    record: 'model_score_band:expected_ratio',
    expr: promql`
      sum by (${byBand}) (${ofDay(expected)})
        / (sum by (${byBand}) (${ofDay(outcomes)}) > 0)`,
  },
  ...([1, -1] as const).map((direction) => {
    const moved = `exp(${direction} * ${tolerance})`;
    return {
      record: tolerated,
      labels: { direction: directionOf({ direction }) },
      expr: promql`
        model_score_band:expected_ratio * ${toBands} ${moved}
          / (1 + model_score_band:expected_ratio * ${toBands} (${moved} - 1))`,
    };
  }),
];

function growth({ direction, odds }: SlowOutcomesBet): string {
  const factor = odds ** direction;
  return promql`
    ${weight} * (
      ${Math.log(factor)} * ${sum(ofDay('model_score_band:positives'))}
        - ${sum(promql`
          ${ofDay(outcomes)}
            * on (${byBand}) ln(1 + ${factor - 1} * ${tolerated}{direction="${directionOf({ direction })}"})`)}
    )`;
}

/** The bets on the outcomes of each model. */
export function slowOutcomesGroups(scales: Scales): RuleGroup[] {
  const placed = slowOutcomesBets.map((bet) => ({
    direction: bet.direction,
    labels: { odds: String(bet.odds) },
    growth: growth(bet),
  }));
  return betGroups(bets, ofAllBets, placed, scales);
}

export function slowOutcomesAlerts(scales: Scales): Alert[] {
  return [
    {
      ...timed('ModelOutcomesSlowlyUnexpected', scales),
      component: 'model',
      expr: promql`
        ${hasWon(bets)}
        ${unlessAlerted(bets, 'ModelOutcomesUnexpected', scales)}`,
      summary:
        'Outcomes of {{ $labels.model }} {{ $labels.version }} are not as expected, seen over weeks: the share of positives {{ $labels.direction }}',
      description: `Bets made every day that outcomes have come to differ from what the calibrated scores of the same rows promise have won {{ $value | printf "%.0f" }} on average; from ${dailyBetRule.threshold} on, chance and the error of the calibration no longer explain it. No week has enough outcomes to show it by itself. Find the groups concerned (npm run evaluate), and retrain on rows that have such outcomes.`,
      dashboard: dashboardLink(dashboards.performance, ['model', 'version']),
    },
  ];
}
