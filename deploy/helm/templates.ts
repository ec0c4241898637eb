import {
  adminService,
  apiService,
  modelFolder,
  networkPolicy,
  podDisruptionBudget,
  secretFolder,
  serviceMonitor,
  statefulSet,
} from '../kubernetes/manifests.ts';
import { prometheusRule } from '../kubernetes/prometheus-rule.ts';
import { block, inline, itemIf, lines, linesAsKey, onlyIf, printed, templateOf, withHoles } from './holes.ts';

const fullName = '{{ include "vigia.fullName" . }}';
const models = inline('{{ include "vigia.models" . }}');
const selectorLabels = block(printed('include "vigia.selectorLabels" .'));

/** What a value that is an object or a list adds, or nothing if it is empty. */
const ifSet = (value: string, text = printed('toYaml .')) => `{{- with ${value} }}\n${text}\n{{- end }}`;
const fieldIfSet = (key: string, value: string) => ifSet(value, `${key}:\n  ${printed('toYaml .')}`);

/** Labels, and those that a value adds. */
const labels = (...values: string[]) =>
  block([printed('include "vigia.labels" .'), ...values.map((value) => ifSet(value))].join('\n'));

/** The labels by which an object is found, beside those that all have. */
const component = (name: string) =>
  block(`${printed('include "vigia.labels" .')}\napp.kubernetes.io/component: ${name}`);

/** Further files in `/run/secrets/vigia`, by the value that names the Secret; and the variable that has the path. */
const furtherSecrets = {
  outcomesToken: { file: 'outcomes-token', variable: 'OUTCOMES_TOKEN_FILE' },
  outcomeDedupPassword: { file: 'outcome-dedup-password', variable: 'OUTCOME_DEDUP_PASSWORD_FILE' },
};
const secretEntries = Object.entries(furtherSecrets).map(([key, names]) => ({
  ...names,
  value: `.Values.secrets.${key}`,
}));
const secretSource = (name: string, value: string, path: string) => ({
  secret: { name: inline(name), items: [{ key: inline(`{{ ${value}.key | quote }}`), path }] },
});

const pod = statefulSet.spec!.template.spec!;
const [container] = pod.containers;
const [claim] = statefulSet.spec!.volumeClaimTemplates!;
const hasModelVolume = 'ne .Values.models.from "bundled"';

/** The items of a list by name, where some of them are replaced. */
function itemsOf(
  list: readonly { readonly name: string }[] = [],
  replaced: Readonly<Record<string, unknown>>,
) {
  const names = new Set(list.map(({ name }) => name));
  for (const name of Object.keys(replaced)) if (!names.has(name)) throw new RangeError(`there is no ${name}`);
  return list.flatMap((item) => replaced[item.name] ?? item);
}

/** Where replicas have their names and files is no setting of the chart. */
const environment = [
  lines(`{{- range $name, $value := .Values.settings }}
{{- if not (kindIs "invalid" $value) }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  valueFrom:
    secretKeyRef:
      name: {{ $value.secret | quote }}
      key: {{ $value.key | quote }}
  {{- else }}
  value: {{ include "vigia.text" $value }}
  {{- end }}
{{- end }}
{{- end }}`),
  ...(container.env ?? []).filter(({ name }) =>
    ['SERVICE_INSTANCE', 'SAMPLES_PATH', 'OUTCOMES_PATH', 'OUTCOME_KEY_FILE'].includes(name),
  ),
  ...secretEntries.map(({ variable, file, value }) =>
    itemIf(`${value}.name`, { name: variable, value: `${secretFolder}/${file}` }),
  ),
];

const volumes = itemsOf(pod.volumes, {
  models: Object.entries({
    configMap: { configMap: { name: models } },
    claim: { persistentVolumeClaim: { claimName: models, readOnly: true } },
    image: { image: { reference: models } },
  }).map(([from, source]) => itemIf(`eq .Values.models.from "${from}"`, { name: 'models', ...source })),
  secrets: {
    name: 'secrets',
    projected: {
      defaultMode: 0o440,
      sources: [
        secretSource(
          // the schema does not refuse null, which takes the value away
          '{{ required "secrets.outcomeKey.name must name a Secret" .Values.secrets.outcomeKey.name | quote }}',
          '.Values.secrets.outcomeKey',
          'outcome-key',
        ),
        ...secretEntries.map(({ file, value }) =>
          itemIf(`${value}.name`, secretSource(`{{ ${value}.name | quote }}`, value, file)),
        ),
      ],
    },
  },
});

const replicas = withHoles(statefulSet, {
  metadata: { name: inline(fullName), labels: labels() },
  'spec.replicas': inline('{{ .Values.replicas }}'),
  'spec.serviceName': inline(`${fullName}-admin`),
  'spec.selector.matchLabels': selectorLabels,
  'spec.template.metadata': {
    ...linesAsKey(
      ifSet('include "vigia.podAnnotations" . | fromYaml', `annotations:\n  ${printed('toYaml .')}`),
    ),
    labels: labels('.Values.pod.labels'),
  },
  'spec.template.spec': {
    ...pod,
    ...linesAsKey(
      [
        ...['imagePullSecrets', 'nodeSelector', 'tolerations', 'affinity'].map((key) =>
          fieldIfSet(key, `.Values.pod.${key}`),
        ),
        ifSet('.Values.pod.priorityClassName', 'priorityClassName: {{ . | quote }}'),
      ].join('\n'),
    ),
  },
  'spec.template.spec.topologySpreadConstraints.0.labelSelector.matchLabels': selectorLabels,
  'spec.template.spec.containers.0.image': inline('{{ include "vigia.image" . | quote }}'),
  'spec.template.spec.containers.0.env': environment,
  'spec.template.spec.containers.0.resources': block(printed('toYaml .Values.resources')),
  'spec.template.spec.containers.0.volumeMounts': itemsOf(container.volumeMounts, {
    models: itemIf(hasModelVolume, { name: 'models', mountPath: modelFolder, readOnly: true }),
  }),
  'spec.template.spec.volumes': volumes,
  'spec.volumeClaimTemplates.0.spec': {
    ...claim.spec,
    ...linesAsKey(ifSet('.Values.storage.className', 'storageClassName: {{ . | quote }}')),
  },
  'spec.volumeClaimTemplates.0.spec.resources.requests.storage': inline('{{ .Values.storage.size | quote }}'),
});

const named = { 'metadata.name': inline(fullName), 'metadata.labels': labels() };

const api = withHoles(apiService, { ...named, 'spec.selector': selectorLabels });

const admin = withHoles(adminService, {
  'metadata.name': inline(`${fullName}-admin`),
  'metadata.labels': component('admin'),
  'spec.selector': selectorLabels,
});

const disruptionBudget = withHoles(podDisruptionBudget, {
  ...named,
  'spec.maxUnavailable': inline('{{ .Values.podDisruptionBudget.maxUnavailable }}'),
  'spec.selector.matchLabels': selectorLabels,
});

const policyValues = '.Values.networkPolicy';
const namespaceOf = (value: string) => ({
  'kubernetes.io/metadata.name': inline(`{{ ${policyValues}.${value}.namespace | quote }}`),
});
const policy = withHoles(networkPolicy, {
  ...named,
  'spec.podSelector.matchLabels': selectorLabels,
  'spec.ingress.1.from.0.namespaceSelector.matchLabels': namespaceOf('prometheus'),
  'spec.ingress.1.from.0.podSelector.matchLabels': block(
    printed(`toYaml ${policyValues}.prometheus.podLabels`),
  ),
  'spec.ingress.+': lines(ifSet(`${policyValues}.ingress`)),
  'spec.egress.1.to.0.namespaceSelector.matchLabels': namespaceOf('collector'),
  'spec.egress.1.ports.0.port': inline(`{{ ${policyValues}.collector.port }}`),
  'spec.egress.+': lines(ifSet(`${policyValues}.egress`)),
});

const monitor = withHoles(serviceMonitor, {
  'metadata.name': inline(fullName),
  'metadata.labels': labels('.Values.metrics.labels'),
  'spec.selector.matchLabels': block(
    `${printed('include "vigia.selectorLabels" .')}\napp.kubernetes.io/component: admin`,
  ),
});

const rule = withHoles(prometheusRule(), {
  'metadata.name': inline(fullName),
  'metadata.labels': labels('.Values.prometheusRule.labels'),
  // the rules have templates of their own, which Helm must not fill in: they come from a file
  spec: block(printed('.Values.prometheusRule.rules | default (.Files.Get "files/rules.yaml")')),
});

const modelFiles = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: models, labels: labels() },
  data: block(printed('toYaml .Values.models.files')),
};

/** Each dashboard from a file, in a `range` over them. */
const dashboard = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: inline('{{ include "vigia.fullName" $ }}-dashboard-{{ base $path | trimSuffix ".json" }}'),
    labels: block(`${printed('include "vigia.labels" $')}\n${ifSet('$.Values.dashboards.labels')}`),
    ...linesAsKey(fieldIfSet('annotations', '$.Values.dashboards.annotations')),
  },
  data: { ...linesAsKey(`{{ base $path }}: |\n  ${printed('$.Files.Get $path')}`) },
};

/** The templates that follow from the manifests, by the names of their files. */
export const templates: Readonly<Record<string, string>> = {
  'statefulset.yaml': templateOf(replicas),
  'service.yaml': `${templateOf(api)}---\n${templateOf(admin)}`,
  'pod-disruption-budget.yaml': onlyIf('.Values.podDisruptionBudget.enabled', disruptionBudget),
  'network-policy.yaml': onlyIf('.Values.networkPolicy.enabled', policy),
  'service-monitor.yaml': onlyIf('eq .Values.metrics.scrapeBy "serviceMonitor"', monitor),
  'prometheus-rule.yaml': onlyIf('.Values.prometheusRule.enabled', rule),
  'models.yaml': onlyIf('.Values.models.files', modelFiles),
  'dashboards.yaml': `{{- if .Values.dashboards.enabled }}
{{- range $path, $_ := .Files.Glob "dashboards/*.json" }}
---
${templateOf(dashboard)}{{- end }}
{{- end }}
`,
};
