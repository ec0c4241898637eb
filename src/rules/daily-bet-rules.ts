import { type BetDirection, dailyBetRule, directionOf } from '../stats/daily-bets.ts';
import { promql } from './promql.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

const { maxWinnings, threshold } = dailyBetRule;

/** How often bets are settled, and the window whose counts they are settled on. */
export const settlement = { interval: '1d', window: '24h' } as const;
/** After a shorter outage of the service its bets go on from where they were. */
const memory = '7d';

/** Bets of one kind, settled once a day. */
export type Bets = {
  /** What the names of the series begin with, such as `model_feature`. */
  readonly level: string;
  /** What the bets find, as the names of the series have it. */
  readonly name: string;
  /** The labels of what is bet on. */
  readonly by: string;
  /** An expression with the labels `by` alone that has a sample for as long as the subject of a bet is watched. */
  readonly watched: string;
};

/** One of the bets. */
export type Bet = {
  readonly direction: BetDirection;
  /** What tells it from the others of its direction. */
  readonly labels: Readonly<Record<string, string>>;
  /** With the labels `by`; absent for a day with nothing to settle it on, which leaves the winnings as they are. */
  readonly growth: string;
};

/**
 * The groups of one kind of bets: settled once a day, and readable at any time.
 *
 * @param shared rules of what all bets of a day need
 */
export function betGroups(
  kind: Bets,
  shared: readonly RecordingRule[],
  bets: readonly Bet[],
  scales: Scales,
): RuleGroup[] {
  const group = `model-${kind.name.replaceAll('_', '-')}`;
  return [
    {
      name: `${group}-bets`,
      interval: scales.time(settlement.interval),
      rules: [...shared, ...bets.map((bet) => settledBet(kind, bet, scales))],
    },
    {
      name: group,
      interval: scales.time('30s'),
      rules: evidence(kind, scales),
    },
  ];
}

const winningsOf = ({ level, name }: Bets) => `${level}_bet:${name}`;
const evidenceOf = ({ level, name }: Bets) => `${level}:${name}`;
const evidenceByDirection = ({ level, name }: Bets) => `${level}_direction:${name}`;

/**
 * Settles one bet on the counts of the last day: R ← (R + 1)·exp(growth), as `createDailyBets` in `src/stats` does.
 *
 * The rule reads what it recorded itself a day earlier or, where that evaluation was missed, on the last day before that.
 * So Prometheus itself keeps the winnings: the service may restart, and its replicas may come and go. If it is evaluated
 * more often than once a day, it keeps several accounts side by side, one for each time of day, and each is right.
 */
function settledBet(kind: Bets, { direction, labels, growth }: Bet, { time }: Scales): RecordingRule {
  const { by, watched } = kind;
  const record = winningsOf(kind);
  const own = { direction: directionOf({ direction }), ...labels };
  const matchers = Object.entries(own).map(([name, value]) => `${name}="${value}"`);
  const range = `[${time(memory)}] offset ${time(settlement.interval)}`;
  const before = `sum by (${by}) (last_over_time(${record}{${matchers.join(', ')}}${range}))`;
  return {
    record,
    labels: own,
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
 * The mean of what all bets have won, and of those for either direction: 0 until the first day is settled, and without
 * gaps for as long as the subject of the bets is watched.
 */
function evidence(kind: Bets, { time }: Scales): RecordingRule[] {
  const { by, watched } = kind;
  const won = `last_over_time(${winningsOf(kind)}[${time(memory)}])`;
  return [
    {
      record: evidenceOf(kind),
      expr: promql`
        avg by (${by}) (${won}) and on (${by}) ${watched}
          or on (${by}) 0 * ${watched}`,
    },
    {
      record: evidenceByDirection(kind),
      expr: promql`
        avg by (${by}, direction) (${won}) and on (${by}) ${watched}
          or on (${by}, direction) label_replace(0 * ${watched}, "direction", "rises", "", "")
          or on (${by}, direction) label_replace(0 * ${watched}, "direction", "falls", "", "")`,
    },
  ];
}

/**
 * Unless one of these alerts fires, or has fired within a week. The change that it reported may have ended since, while
 * the bets still have to lose what they won from it: that is not a reason for another alert.
 *
 * @param alerts their names, as a regular expression
 */
export function unlessAlerted({ by }: Bets, alerts: string, { time }: Scales): string {
  // One look an hour is enough, as the alert stays for an hour at least.
  return promql`
    unless on (${by}) (
      ALERTS{alertname=~"${alerts}"}
      or last_over_time(ALERTS{alertname=~"${alerts}", alertstate="firing"}[${time('7d')}:${time('1h')}])
    )`;
}

/** Where the bets have won enough: the evidence, labelled with the `direction` whose bets have won more of it. */
export function hasWon(kind: Bets): string {
  return promql`
    0 * topk by (${kind.by}) (1, ${evidenceByDirection(kind)})
      + on (${kind.by}) group_left () (${evidenceOf(kind)} >= ${threshold})`;
}
