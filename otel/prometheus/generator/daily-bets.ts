import { type BetDirection, dailyBetRule } from '../../../src/stats/daily-bets.ts';
import { promql } from './promql.ts';
import type { RecordingRule } from './rule-file.ts';
import type { Scales } from './settings.ts';

const { maxWinnings, threshold } = dailyBetRule;

/** How often bets are settled, and the window whose counts they are settled on. */
export const settlement = { interval: '1d', window: '24h' } as const;
/** A service that is down for less goes on betting where it was. */
const memory = '7d';

/** What has changed if a bet wins, as the label `direction` has it. */
export type Direction = 'rises' | 'falls';

export function directionOf({ direction }: { readonly direction: BetDirection }): Direction {
  return direction === 1 ? 'rises' : 'falls';
}

/** Bets of one kind, settled once a day. */
export type Bets = {
  /** The series of what each has won; one for each bet, by its labels. */
  readonly record: string;
  /** The labels of what is betted on. */
  readonly by: string;
  /** There, with the labels `by` alone, as long as what is betted on is watched. */
  readonly watched: string;
};

/**
 * Settles one bet on the counts of the last day: R ← (R + 1)·exp(growth), as `createDailyBets` in `src/stats` has it.
 *
 * The rule reads what it recorded itself a day before or, where that evaluation was missed, on the last day before it.
 * So Prometheus alone keeps the winnings: the service may restart, and its replicas may come and go. Evaluated more
 * often than once a day it keeps several accounts beside each other, one for each time of the day, and each is right.
 *
 * @param growth with the labels `by`, absent for a day that brought nothing to bet on: winnings then stay as they are
 */
export function settledBet(
  { record, by, watched }: Bets,
  labels: Readonly<Record<string, string>>,
  growth: string,
  { time }: Scales,
): RecordingRule {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const range = `[${time(memory)}] offset ${time(settlement.interval)}`;
  const before = `sum by (${by}) (last_over_time(${record}{${matchers.join(', ')}}${range}))`;
  return {
    record,
    labels,
    expr: promql`
      clamp_max(
        (
          ${before} + 1
            or on (${by}) 0 * ${watched} + 1
        )
          * on (${by}) exp(
            ${growth}
          ),
        ${maxWinnings})
      or on (${by})
      (${before} and on (${by}) ${watched})`,
  };
}

/**
 * The mean of what all bets have won, and of those for either direction; there without a gap as long as what is betted
 * on is watched, and 0 until the first day is settled.
 *
 * @param level of the recorded names, such as `model_feature`
 * @param name of what the bets find
 */
export function evidence(
  { record, by, watched }: Bets,
  level: string,
  name: string,
  { time }: Scales,
): RecordingRule[] {
  const won = `last_over_time(${record}[${time(memory)}])`;
  return [
    {
      record: `${level}:${name}`,
      expr: promql`
        avg by (${by}) (${won}) and on (${by}) ${watched}
          or on (${by}) 0 * ${watched}`,
    },
    {
      record: `${level}_direction:${name}`,
      expr: promql`
        avg by (${by}, direction) (${won}) and on (${by}) ${watched}
          or on (${by}, direction) label_replace(0 * ${watched}, "direction", "rises", "", "")
          or on (${by}, direction) label_replace(0 * ${watched}, "direction", "falls", "", "")`,
    },
  ];
}

/**
 * Unless another alert tells of it, or has told of it within a week: when what it told of has ended, the bets have still
 * to lose what they won meanwhile, and that is no reason for another ticket.
 *
 * @param alerts their names, as a regular expression
 */
export function unlessTold(by: string, alerts: string, { time }: Scales): string {
  // One look an hour is enough, as a ticket stays for an hour at least.
  return promql`
    unless on (${by}) (
      ALERTS{alertname=~"${alerts}"}
      or last_over_time(ALERTS{alertname=~"${alerts}", alertstate="firing"}[${time('7d')}:${time('1h')}])
    )`;
}

/** Where the bets have won enough: the evidence, with the `direction` whose bets have won more of it. */
export function hasWon(by: string, level: string, name: string): string {
  return promql`
    0 * topk by (${by}) (1, ${level}_direction:${name})
      + on (${by}) group_left () (${level}:${name} >= ${threshold})`;
}
