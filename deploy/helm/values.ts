import { z } from 'zod';
import { settings } from '../../src/settings/config.ts';
import type { Setting } from '../../src/settings/setting-types.ts';
import {
  collectorNamespace,
  image,
  monitoringNamespace,
  name,
  podDisruptionBudget,
  prometheusLabels,
  statefulSet,
  storage,
} from '../kubernetes/manifests.ts';

const { spec } = statefulSet;
const [container] = spec!.template.spec!.containers;

/** The settings that follow from other values of the chart, or would break its probes, ports and volumes. */
const fixed = [
  'HOST',
  'PORT',
  'ADMIN_HOST',
  'ADMIN_PORT',
  'SERVICE_INSTANCE',
  'SAMPLES_PATH',
  'OUTCOMES_PATH',
  'OUTCOME_KEYS',
  'OUTCOME_KEY_FILE',
  'OUTCOMES_TOKEN_FILE',
  'OUTCOME_DEDUP_PASSWORD_FILE',
];

const text = z.string();
const texts = z.record(z.string(), z.string());
const anyObject = z.record(z.string(), z.unknown());
const anyList = z.array(anyObject);
const one = z.union([z.string(), z.number(), z.boolean()]);
/** For a setting that can contain a password and cannot be given as a file. */
const oneOrSecret = z.union([one, z.strictObject({ secret: text.min(1), key: text.min(1) })]);

/** A key of an existing Secret, which the pods get as a file. */
const secret = (secretName: string, key: string) =>
  z
    .strictObject({
      name: (secretName === '' ? text : text.min(1)).default(secretName),
      key: text.min(1).default(key),
    })
    .prefault({});

/** The variables of the StatefulSet that have a fixed value and are no business of the chart. */
const presetSettings = Object.fromEntries(
  (container.env ?? []).flatMap(({ name, value }) =>
    value === undefined || fixed.includes(name) ? [] : [[name, value]],
  ),
);

/** What can be set in the chart: from it come `values.yaml`, with the descriptions, and `values.schema.json`. */
export const chartValues = z.strictObject({
  image: z
    .strictObject({
      repository: text.min(1).default(image),
      tag: text.default('').describe('Unset: the version of the chart.'),
      digest: text
        .regex(/^(sha256:[0-9a-f]{64})?$/)
        .default('')
        .describe('`sha256:…`, which cannot be moved as a tag can. If set, the tag is ignored.'),
    })
    .prefault({})
    .describe('The image of the service.'),
  replicas: z
    .int()
    .min(0)
    .default(spec!.replicas ?? 1),
  models: z
    .strictObject({
      from: z
        .enum(['configMap', 'claim', 'image', 'bundled'])
        .default('configMap')
        .describe(
          'A ConfigMap (at most 1 MiB for all files together), a PersistentVolumeClaim that all replicas can read, an image with the files in its root folder (mounted as a volume: Kubernetes 1.35 or later), or `bundled`: those that were built into the image of the service.',
        ),
      name: text
        .default('')
        .describe('Of the ConfigMap, claim or image. Unset: the name of the installation with `-models`.'),
      files: texts
        .default({})
        .describe(
          "If not empty, the chart makes the ConfigMap of these files, and replaces the pods when one changes: `--set-file 'models.files.credit\\.json=models/credit.json'`.",
        ),
    })
    .prefault({})
    .describe(
      'The model files, mounted as /app/models. README.md describes how to roll out the next version.',
    ),
  settings: z
    .strictObject(
      Object.fromEntries(
        Object.entries(settings)
          .filter(([key]) => !fixed.includes(key))
          .map(([key, { description, secret }]: [string, Setting]) => [
            key,
            (secret ? oneOrSecret : one).nullish().describe(description),
          ]),
      ),
    )
    .prefault(presetSettings)
    .describe(
      'Settings of the service, by their names in docs/reference/settings.md. One that can contain a password may be in an existing Secret: `OTEL_EXPORTER_OTLP_HEADERS: { secret: NAME, key: KEY }`. `null` takes one away.',
    ),
  secrets: z
    .strictObject({
      outcomeKey: secret(name, 'outcome-key').describe('The keys that sign prediction ids. Required.'),
      outcomesToken: secret('', 'outcomes-token').describe(
        'Bearer tokens with which the public API accepts outcomes and observations.',
      ),
      outcomeDedupPassword: secret('', 'outcome-dedup-password').describe(
        'The password of the store of `settings.OUTCOME_DEDUP_URL`.',
      ),
    })
    .prefault({})
    .describe('Existing Secrets, each by its name and the key in it. They are mounted as files.'),
  resources: anyObject.default(container.resources as Record<string, unknown>),
  storage: z
    .strictObject({
      size: text.default(storage),
      className: text.default('').describe('Unset: the default class of the cluster.'),
    })
    .prefault({})
    .describe(
      'The volume of each replica, for its samples and outcomes. Kubernetes refuses an upgrade that changes it.',
    ),
  pod: z
    .strictObject({
      annotations: texts.default({}),
      labels: texts.default({}),
      imagePullSecrets: anyList.default([]),
      nodeSelector: texts.default({}),
      tolerations: anyList.default([]),
      affinity: anyObject.default({}),
      priorityClassName: text.default(''),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      scrapeBy: z
        .enum(['serviceMonitor', 'annotations', 'none'])
        .default('serviceMonitor')
        .describe(
          'How Prometheus finds the pods: by a ServiceMonitor (requires the Prometheus Operator), or by the annotations prometheus.io/scrape, port and path. For the latter, name the job of that Prometheus in the alert settings (`jobs`).',
        ),
      labels: texts
        .default({})
        .describe('Further labels of the ServiceMonitor, if Prometheus selects by one.'),
    })
    .prefault({}),
  prometheusRule: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Requires the Prometheus Operator.'),
      labels: texts.default({}).describe('Further labels, if Prometheus selects by one.'),
      rules: text
        .default('')
        .describe(
          'The text of a rule file to use instead of files/rules.yaml, such as `vigia rules` writes with your alert settings: `--set-file prometheusRule.rules=rules.yml`.',
        ),
    })
    .prefault({})
    .describe('Recording rules and alerts. One installation for each Prometheus needs them.'),
  dashboards: z
    .strictObject({
      enabled: z.boolean().default(true),
      labels: texts
        .default({ grafana_dashboard: '1' })
        .describe('By which the sidecar of Grafana finds the ConfigMaps.'),
      annotations: texts.default({}).describe('Such as `grafana_folder`, if the sidecar is set up for it.'),
    })
    .prefault({})
    .describe('The Grafana dashboards, a ConfigMap for each.'),
  podDisruptionBudget: z
    .strictObject({
      enabled: z.boolean().default(true),
      maxUnavailable: z.union([z.int(), text]).default(podDisruptionBudget.spec?.maxUnavailable ?? 1),
    })
    .prefault({}),
  networkPolicy: z
    .strictObject({
      enabled: z.boolean().default(true),
      prometheus: z
        .strictObject({
          namespace: text.default(monitoringNamespace),
          podLabels: texts.default(prometheusLabels),
        })
        .prefault({})
        .describe('Who may connect to the admin port.'),
      collector: z
        .strictObject({ namespace: text.default(collectorNamespace), port: z.int().default(4318) })
        .prefault({})
        .describe('Where OTLP may be sent.'),
      ingress: anyList.default([]).describe('Further rules, for instance for pods that report outcomes.'),
      egress: anyList.default([]).describe('Further rules, for instance for a Redis or a model server.'),
    })
    .prefault({})
    .describe('In: the API from all pods, the admin port from Prometheus. Out: DNS and OTLP.'),
  global: anyObject.optional().describe('Helm adds it if this chart is part of another one.'),
});
