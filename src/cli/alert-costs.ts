import type { AlertName } from '../alerts/alert-names.ts';
import { durationMs } from '../alerts/duration.ts';
import { type AlertingRule, type Component, isAlertingRule, type RuleFile } from '../rules/rule-file.ts';
import { alertingRules, ruleFiles } from '../rules/rule-files.ts';
import { defaultSettings } from '../rules/rule-settings.ts';
import { table } from './markdown-table.ts';

/** How often an alert is false, by what is known of it. */
const falseAlarms = {
  drift: 'at most 4 in 10,000 checks of a feature ([measured](drift.md#measured))',
  range: 'fewer than 1 in 100,000 windows (summed exactly)',
  segments: 'at most 1 in 10,000 checks of a feature in 20 segments ([measured](drift.md#measured))',
  bets: 'one in 10,000 days on average ([guaranteed](drift.md#slow-drift-of-small-models))',
  outcomes: 'none of 900 unchanged models ([measured](outcomes.md#measured))',
  unknown: 'not measured',
  objective: 'none: it counts failures against the objective',
  state: 'none: it reports a state',
} as const;

const kinds: Readonly<Record<keyof typeof falseAlarms, readonly AlertName[]>> = {
  drift: [
    'ModelFeatureDriftFast',
    'ModelFeatureDriftEarly',
    'ModelFeatureDrift',
    'ModelScoreDrift',
    'ModelDriftBroad',
    'ModelFeatureMissing',
    'ModelFeatureUnseen',
  ],
  range: ['ModelFeatureOutsideRange'],
  segments: ['ModelSegmentDrift'],
  bets: ['ModelDriftSlow', 'ModelOutcomesSlowlyUnexpected'],
  outcomes: [
    'ModelOutcomesUnexpected',
    'ModelCalibrationBroken',
    'ModelPerformanceBelowCrossValidated',
    'ModelPerformanceEstimatedFalling',
  ],
  unknown: ['ModelInputsRefused', 'ModelScoreMeanShifted', 'ModelOutcomesStopped'],
  objective: [
    'PredictAvailabilityBudgetBurn',
    'PredictAvailabilityBudgetBurnSlow',
    'PredictLatencyBudgetBurn',
    'PredictLatencyBudgetBurnSlow',
  ],
  state: [
    'ModelDriftUndetermined',
    'ModelPredictFailing',
    'ModelShadowRowsDropped',
    'ModelReferenceMissing',
    'ModelReferenceInconsistent',
    'TargetDown',
    'ModelTargetLost',
    'ModelMetricsAbsent',
    'ModelObservationsStalled',
    'ClockSkewed',
    'TelemetryTargetDown',
    'SamplesDropped',
    'SpansDropped',
    'LogLinesDropped',
    'CollectorAbsent',
    'CollectorExportFailing',
    'CollectorQueueFilling',
    'RuleEvaluationFailing',
    'RuleGroupSlow',
    'AlertsNotDelivered',
    'Watchdog',
  ],
};

const lookers: Readonly<Record<Component, string>> = {
  model: 'the model’s owner',
  service: 'who runs the service',
  telemetry: 'who runs the telemetry',
};

const whenToLook: Readonly<Record<string, string>> = {
  critical: 'at once, also at night',
  warning: 'within the day',
  info: 'when there is time',
};

/**
 * Markdown of what each alert costs: the rules that it needs, itself included, with those it shares with others; how often
 * they are evaluated; how often it is false; and who has to look when.
 */
export function alertCostsTable(): string {
  const files = ruleFiles(defaultSettings);
  const rules = evaluatedRules(files);
  const rows = alertingRules(files).map((alert) => {
    const needed = neededRules(alert, rules);
    const evaluations = needed.reduce((sum, { perHour }) => sum + perHour, 0);
    const name = alert.alert;
    return [
      `[${name}](alerts.md#${name.toLowerCase()})`,
      String(needed.length),
      Math.round(evaluations).toLocaleString('en'),
      falseAlarms[kindOf(name)],
      attention(alert),
    ];
  });
  return table(['alert', 'rules', 'evaluations an hour', 'false alarms', 'what it takes a person'], rows);
}

/**
 * Markdown of what the rules of each file cost: how many series they record, per bin of a feature, per feature and so on,
 * as the first part of their names says.
 */
export function ruleCostsTable(): string {
  const files = ruleFiles(defaultSettings);
  const levels = [
    'per bin',
    'per variable',
    'per score bin or band',
    'per segment and bin',
    'per segment',
    'others',
  ];
  const rows = files.map((file) => {
    const rules = evaluatedRules([file]);
    const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [levelOf(record)]));
    return [
      `\`${file.name}\``,
      String(rules.length),
      Math.round(rules.reduce((sum, { perHour }) => sum + perHour, 0)).toLocaleString('en'),
      ...levels.map((level) => String(recorded.filter((one) => one === level).length)),
    ];
  });
  return table(['file', 'rules', 'evaluations an hour', ...levels], rows);
}

function levelOf(record: string): string {
  const [subject] = record.split(':');
  if (subject === 'model_feature_bin') return 'per bin';
  if (subject.startsWith('model_feature')) return 'per variable';
  if (/^model_(?:score_bin|score_band)$/.test(subject)) return 'per score bin or band';
  if (subject === 'model_segment_bin') return 'per segment and bin';
  return subject.startsWith('model_segment') ? 'per segment' : 'others';
}

type Evaluated = {
  readonly record: string | undefined;
  readonly alert: AlertName | undefined;
  readonly expr: string;
  readonly perHour: number;
};

function evaluatedRules(files: readonly RuleFile[]): Evaluated[] {
  return files.flatMap(({ groups }) =>
    groups.flatMap(({ interval, rules }) =>
      rules.map((rule) => ({
        record: isAlertingRule(rule) ? undefined : rule.record,
        alert: isAlertingRule(rule) ? rule.alert : undefined,
        expr: rule.expr,
        perHour: durationMs('1h') / durationMs(interval),
      })),
    ),
  );
}

/** The alert's own rule and all those whose series it reads, directly or not. */
function neededRules({ alert }: AlertingRule, rules: readonly Evaluated[]): Evaluated[] {
  const needed = new Set(rules.filter((rule) => rule.alert === alert));
  for (const { expr } of needed) {
    const names = new Set(expr.match(/[a-z_]\w*(?::\w+)+/g));
    const alerts = [...expr.matchAll(/alertname=~?"([^"]+)"/g)].map(
      ([, name]) => new RegExp(`^(?:${name})$`),
    );
    for (const rule of rules) {
      if (rule.record !== undefined && names.has(rule.record)) needed.add(rule);
      if (alerts.some((name) => name.test(rule.alert ?? ''))) needed.add(rule);
    }
  }
  return [...needed];
}

/** @throws Error for an alert of which nothing is said here */
function kindOf(alert: AlertName): keyof typeof falseAlarms {
  const found = Object.entries(kinds).find(([, alerts]) => alerts.includes(alert));
  if (found === undefined) throw new Error(`${alert}: say in alert-costs.ts how often it is false`);
  return found[0] as keyof typeof falseAlarms;
}

function attention({ labels }: AlertingRule): string {
  const when = whenToLook[labels.severity];
  return when === undefined ? 'nothing, unless it stops' : `${lookers[labels.component]}, ${when}`;
}
