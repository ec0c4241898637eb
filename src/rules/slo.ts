import { formatExactShare } from '../text/format.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { promql } from './promql.ts';
import type { Alert, RecordingRule, RuleGroup } from './rule-file.ts';
import { predictRequests, type Scales } from './rule-settings.ts';
import { increment } from './window-rules.ts';

const duration = 'http_server_request_duration_seconds';
const failed = 'http_response_status_code=~"5.."';
const answered = 'http_response_status_code!~"5.."';

type Objective = {
  readonly slo: 'availability' | 'latency';
  readonly objective: number;
  /** What is promised of the requests, before "over 30 days". */
  readonly goal: string;
  /** The expressions of both counts over a range. */
  readonly requests: (range: string) => string;
  readonly bad: (range: string) => string;
};

/** What is promised over 30 days. */
function objectivesOf(scales: Scales): readonly Objective[] {
  const { availability, latency, latencySeconds } = scales.objectives;
  const predict = predictRequests(scales);
  // Prometheus stores the edge 1 as 1.0.
  const edge = Number.isInteger(latencySeconds)
    ? `le=~"${latencySeconds}|${latencySeconds}.0"`
    : `le="${latencySeconds}"`;
  return [
    {
      slo: 'availability',
      objective: availability,
      goal: `${formatExactShare(availability)} of the requests to /predict are not answered with 5xx`,
      requests: (range) => `sum by (job) (increase(${duration}_count{${predict}}[${range}]))`,
      bad: (range) => promql`
        sum by (job) (increase(${duration}_count{${predict}, ${failed}}[${range}]))
          or 0 * sum by (job) (increase(${duration}_count{${predict}}[${range}]))`,
    },
    {
      // Of the answered ones.
      slo: 'latency',
      objective: latency,
      goal: `${formatExactShare(latency)} of the requests to /predict are answered within ${latencySeconds * 1000} ms`,
      requests: (range) => `sum by (job) (increase(${duration}_count{${predict}, ${answered}}[${range}]))`,
      bad: (range) => promql`
        clamp_min(
          sum by (job) (increase(${duration}_count{${predict}, ${answered}}[${range}]))
            - sum by (job) (increase(${duration}_bucket{${predict}, ${answered}, ${edge}}[${range}])),
          0)`,
    },
  ];
}

const shortWindows = ['5m', '30m', '1h', '2h', '6h'] as const;
const longWindows = ['1d', '3d', '30d'] as const;

/** The short window beside each long one makes the alert end soon after its cause. */
export const burnWindows = {
  critical: [
    { long: '1h', short: '5m' },
    { long: '6h', short: '30m' },
  ],
  warning: [
    { long: '1d', short: '2h' },
    { long: '3d', short: '6h' },
  ],
} as const;

const counts = { requests: 'slo:requests:increase', bad: 'slo:bad_requests:increase' } as const;

const ratios = (objectives: readonly Objective[]): readonly RecordingRule[] => [
  {
    record: 'slo:error_ratio',
    expr: `${counts.bad} / (${counts.requests} > 0)`,
  },
  ...objectives.map(({ slo, objective }) => ({
    record: 'slo:burn_rate',
    expr: `slo:error_ratio{slo="${slo}"} / ${budget(objective)}`,
    labels: { slo },
  })),
  {
    // 1 is all of the budget, 0 none, below 0 the objective is missed.
    record: 'slo:error_budget_remaining:ratio',
    expr: '1 - sum by (job, slo) (slo:burn_rate{window="30d"})',
  },
];

/** Both counts of each objective over each window; see `windowGroups` for the increments. */
export function sloGroups(scales: Scales): RuleGroup[] {
  const { time } = scales;
  const objectives = objectivesOf(scales);
  const each = (rule: (kind: 'requests' | 'bad', objective: Objective) => RecordingRule[]) =>
    objectives.flatMap((objective) =>
      (['requests', 'bad'] as const).flatMap((kind) => rule(kind, objective)),
    );
  return [
    {
      name: 'predict-slo-increments',
      interval: time(increment),
      rules: each((kind, objective) => [
        {
          record: `${counts[kind]}5m`,
          labels: { slo: objective.slo },
          expr: objective[kind](time(increment)),
        },
      ]),
    },
    {
      name: 'predict-slo-long-windows',
      interval: time('2m'),
      rules: each((kind, { slo }) =>
        longWindows.map((window) => ({
          record: counts[kind],
          labels: { slo, window },
          expr: `sum_over_time(${counts[kind]}5m{slo="${slo}"}[${time(window)}])`,
        })),
      ),
    },
    {
      name: 'predict-slo',
      interval: time('30s'),
      rules: [
        ...each((kind, objective) =>
          shortWindows.map((window) => ({
            record: counts[kind],
            labels: { slo: objective.slo, window },
            expr: objective[kind](time(window)),
          })),
        ),
        ...ratios(objectives),
      ],
    },
  ];
}

export function sloAlerts(scales: Scales): Alert[] {
  return objectivesOf(scales).flatMap(({ slo, goal }): Alert[] => {
    const subject = slo === 'availability' ? 'Availability' : 'Latency';
    return [
      {
        name: `Predict${subject}BudgetBurn`,
        severity: 'critical',
        component: 'service',
        expr: burning(slo, burnWindows.critical, scales),
        for: scales.time('1m'),
        keepFiringFor: scales.time('5m'),
        summary: `/predict spends its ${slo} budget {{ $value | printf "%.1f" }} times too fast`,
        description: `The objective is that ${goal} over 30 days; at this rate it will be missed within days.`,
        dashboard: dashboardLink(dashboards.service),
      },
      {
        name: `Predict${subject}BudgetBurnSlow`,
        severity: 'warning',
        component: 'service',
        expr: burning(slo, burnWindows.warning, scales),
        for: scales.time('15m'),
        keepFiringFor: scales.time('30m'),
        summary: `/predict spends its ${slo} budget {{ $value | printf "%.1f" }} times too fast, for hours`,
        description: `The objective is that ${goal} over 30 days; at this rate it will be missed.`,
        dashboard: dashboardLink(dashboards.service),
      },
    ];
  });
}

function burning(
  slo: string,
  windows: (typeof burnWindows)[keyof typeof burnWindows],
  { requests, objectives: { burnRates, minRequests, minBadRequests } }: Scales,
): string {
  const conditions = windows.map(
    ({ long, short }) => promql`
      slo:burn_rate{slo="${slo}", window="${long}"} > ${burnRates[long]}
        and on (job, slo) slo:burn_rate{window="${short}"} > ${burnRates[long]}
        and slo:requests:increase >= ${requests(minRequests)}
        and slo:bad_requests:increase >= ${requests(minBadRequests)}`,
  );
  return promql`
    max by (job, slo) (
      ${conditions.join('\n  or\n')}
    )`;
}

function budget(objective: number): number {
  return Number((1 - objective).toFixed(6));
}
