import { dashboardLink, dashboards } from './dashboard-links.ts';
import { predictRoute, type Scales } from './generator-settings.ts';
import { promql } from './promql.ts';
import type { Alert, RecordingRule, RuleGroup } from './rule-file.ts';
import { increment } from './window-rules.ts';

const duration = 'http_server_request_duration_seconds';
const failed = 'http_response_status_code=~"5.."';
const answered = 'http_response_status_code!~"5.."';

/** Objectives over 30 days; `requests` and `bad` are the matchers and the rest of an objective's two counts. */
export const objectives = [
  {
    slo: 'availability',
    objective: 0.995,
    requests: (range: string) => `sum by (job) (increase(${duration}_count{${predictRoute}}[${range}]))`,
    bad: (range: string) => promql`
      sum by (job) (increase(${duration}_count{${predictRoute}, ${failed}}[${range}]))
        or 0 * sum by (job) (increase(${duration}_count{${predictRoute}}[${range}]))`,
  },
  {
    // Of the answered ones; 250 ms is an edge of the histogram.
    slo: 'latency',
    objective: 0.99,
    requests: (range: string) =>
      `sum by (job) (increase(${duration}_count{${predictRoute}, ${answered}}[${range}]))`,
    bad: (range: string) => promql`
      clamp_min(
        sum by (job) (increase(${duration}_count{${predictRoute}, ${answered}}[${range}]))
          - sum by (job) (increase(${duration}_bucket{${predictRoute}, ${answered}, le="0.25"}[${range}])),
        0)`,
  },
] as const;

const shortWindows = ['5m', '30m', '1h', '2h', '6h'] as const;
const longWindows = ['1d', '3d', '30d'] as const;

/**
 * How fast the budget burns before somebody is told: 14.4 times spends 2 % of it in an hour, 6 times 5 % in six, and so
 * on. The short window makes the alert end soon after its cause.
 *
 * Source: B. Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
 */
const burnRates = {
  critical: [
    { factor: 14.4, long: '1h', short: '5m' },
    { factor: 6, long: '6h', short: '30m' },
  ],
  warning: [
    { factor: 3, long: '1d', short: '2h' },
    { factor: 1, long: '3d', short: '6h' },
  ],
} as const;

/** One failed request of eight is no outage: the long window needs this many requests, and this many bad ones. */
const minRequests = 30;
const minBadRequests = 5;

const counts = { requests: 'slo:requests:increase', bad: 'slo:bad_requests:increase' } as const;

const ratios: readonly RecordingRule[] = [
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
export function sloGroups({ time }: Scales): RuleGroup[] {
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
        ...ratios,
      ],
    },
  ];
}

export function sloAlerts(scales: Scales): Alert[] {
  return objectives.flatMap(({ slo, objective }) => {
    const subject = slo === 'availability' ? 'Availability' : 'Latency';
    const share = `${(objective * 100).toFixed(1)} %`;
    const goal =
      slo === 'availability' ? `${share} are not answered with 5xx` : `${share} are answered within 250 ms`;
    return [
      {
        name: `Predict${subject}BudgetBurn`,
        severity: 'critical',
        component: 'service',
        expr: burning(slo, burnRates.critical, scales),
        for: scales.time('1m'),
        keepFiringFor: scales.time('5m'),
        summary: `/predict spends its ${slo} budget {{ $value | printf "%.1f" }} times too fast`,
        description: `Of the requests to /predict ${goal} over 30 days; at this rate that is missed within days.`,
        dashboard: dashboardLink(dashboards.service),
      },
      {
        name: `Predict${subject}BudgetBurnSlow`,
        severity: 'warning',
        component: 'service',
        expr: burning(slo, burnRates.warning, scales),
        for: scales.time('15m'),
        keepFiringFor: scales.time('30m'),
        summary: `/predict spends its ${slo} budget {{ $value | printf "%.1f" }} times too fast, for hours`,
        description: `Of the requests to /predict ${goal} over 30 days; at this rate that is missed.`,
        dashboard: dashboardLink(dashboards.service),
      },
    ];
  });
}

type Objective = (typeof objectives)[number];

function burning(
  slo: string,
  windows: readonly { factor: number; long: string; short: string }[],
  { requests }: Scales,
): string {
  const conditions = windows.map(
    ({ factor, long, short }) => promql`
      slo:burn_rate{slo="${slo}", window="${long}"} > ${factor}
        and on (job, slo) slo:burn_rate{window="${short}"} > ${factor}
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
