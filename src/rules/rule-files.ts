import { driftAlerts } from './drift-alerts.ts';
import { driftGroups } from './drift-rules.ts';
import { performanceAlerts } from './performance-alerts.ts';
import { performanceGroups } from './performance-rules.ts';
import { pipelineAlerts } from './pipeline-alerts.ts';
import { pipelineGroups } from './pipeline-rules.ts';
import { type Alert, alertingRule, isAlertingRule, type RuleFile, type RuleGroup } from './rule-file.ts';
import { type Scales, type Settings, scalesOf } from './rule-settings.ts';
import { segmentAlerts } from './segment-alerts.ts';
import { segmentGroups } from './segment-rules.ts';
import { shareAlerts } from './share-alerts.ts';
import { shareGroups } from './share-rules.ts';
import { sloAlerts, sloGroups } from './slo.ts';
import { slowDriftAlerts, slowDriftGroups } from './slow-drift-rules.ts';
import { slowOutcomesAlerts, slowOutcomesGroups } from './slow-outcomes-rules.ts';

/** One entry a file: what it records, then what it alerts on. */
const sources: readonly {
  readonly name: string;
  readonly groups: (scales: Scales) => RuleGroup[];
  readonly alerts: (scales: Scales) => Alert[];
}[] = [
  { name: 'model-drift', groups: driftGroups, alerts: driftAlerts },
  { name: 'model-performance', groups: performanceGroups, alerts: performanceAlerts },
  { name: 'model-segments', groups: segmentGroups, alerts: segmentAlerts },
  { name: 'model-shares', groups: shareGroups, alerts: shareAlerts },
  { name: 'model-slow-drift', groups: slowDriftGroups, alerts: slowDriftAlerts },
  { name: 'model-slow-outcomes', groups: slowOutcomesGroups, alerts: slowOutcomesAlerts },
  { name: 'predict-slo', groups: sloGroups, alerts: sloAlerts },
  { name: 'telemetry-pipeline', groups: pipelineGroups, alerts: pipelineAlerts },
];

/** All rule files. They name no feature and no class, and so hold for any model. */
export function ruleFiles(settings: Settings): RuleFile[] {
  const scales = scalesOf(settings);
  return sources.map(({ name, groups, alerts }) => ({
    name: `${name}.yml`,
    groups: [
      ...groups(scales),
      {
        name: `${name}-alerts`,
        interval: scales.time('30s'),
        rules: alerts(scales).map((alert) => alertingRule(alert, settings)),
      },
    ],
  }));
}

/** The alerting rules of all files. */
export function alertingRules(files: readonly RuleFile[]) {
  return files.flatMap((file) => file.groups.flatMap((group) => group.rules.filter(isAlertingRule)));
}

/** The names that the rules of all files record, each once. */
export function recordedNames(files: readonly RuleFile[]): string[] {
  const rules = files.flatMap((file) => file.groups.flatMap((group) => group.rules));
  return [...new Set(rules.flatMap((rule) => (isAlertingRule(rule) ? [] : [rule.record])))];
}
