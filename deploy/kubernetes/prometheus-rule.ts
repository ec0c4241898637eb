import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { defaultSettings, type Settings } from '../../otel/prometheus/generator/generator-settings.ts';
import { ruleFiles } from '../../otel/prometheus/generator/rule-files.ts';
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
