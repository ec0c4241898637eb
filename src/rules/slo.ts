import { formatExactShare } from '../text/format.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { promql, sumBy } from './promql.ts';
import type { Alert, RecordingRule, RuleGroup } from './rule-file.ts';
import { predictRequests, type Scales } from './rule-settings.ts';
import { type Count, increase, recordIncrements } from './window-rules.ts';

const duration = 'http_server_request_duration_seconds';

type Objective = {
  readonly slo: 'availability' | 'latency';
  readonly objective: number;
  /** What is promised of the requests, before "over 30 days". */
  readonly goal: string;
  readonly requests: Count;
  readonly bad: Count;
};

/** What is promised over 30 days. */
function objectivesOf(scales: Scales): readonly Objective[] {
  const { availability, latency, latencySeconds } = scales.objectives;
  const predict = predictRequests(scales);
  const requests = `${duration}_count{${predict}}`;
  const failed = `${duration}_count{${predict}, http_response_status_code=~"5.."}`;
  const answered = `${duration}_count{${predict}, http_response_status_code!~"5.."}`;
  // Prometheus stores the edge 1 as 1.0.
  const edge = Number.isInteger(latencySeconds)
    ? `le=~"${latencySeconds}|${latencySeconds}.0"`
    : `le="${latencySeconds}"`;
  const inTime = `${duration}_bucket{${predict}, http_response_status_code!~"5..", ${edge}}`;
  return [
    {
      slo: 'availability',
      objective: availability,
      goal: `${formatExactShare(availability)} of the requests to /predict are not answered with 5xx`,
      requests: (rise) => sumBy('job', rise(requests)),
      bad: (rise) => promql`
        ${sumBy('job', rise(failed))}
          or 0 * ${sumBy('job', rise(requests))}`,
    },
    {
      // Of the answered ones.
      slo: 'latency',
      objective: latency,
      goal: `${formatExactShare(latency)} of the requests to /predict are answered within ${latencySeconds * 1000} ms`,
      requests: (rise) => sumBy('job', rise(answered)),
      bad: (rise) => promql`
        clamp_min(
          ${sumBy('job', rise(answered))}
            - ${sumBy('job', rise(inTime))},
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
  const each = <Rule>(rules: (kind: 'requests' | 'bad', objective: Objective) => Rule[]) =>
    objectives.flatMap((objective) =>
      (['requests', 'bad'] as const).flatMap((kind) => rules(kind, objective)),
    );
  return [
    recordIncrements(
      'predict-slo',
      each((kind, objective) => [
        { record: `${counts[kind]}5m`, labels: { slo: objective.slo }, count: objective[kind] },
      ]),
      scales,
    ),
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
            expr: objective[kind](increase(time(window))),
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
