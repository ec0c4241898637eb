import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ruleFiles } from '../../src/rules/rule-files.ts';
import { defaultSettings, type Settings } from '../../src/rules/rule-settings.ts';
import { labels, name } from './manifests.ts';

/** The rules that Prometheus reads from `otel/prometheus/rules/`, in the form for the Prometheus Operator. */
export function prometheusRule(options: Partial<Settings> = {}): IPrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name, labels },
    spec: {
      groups: ruleFiles({ ...defaultSettings, ...options })
        .flatMap(({ groups }) => groups)
        .map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule })) })),
    },
  };
}
