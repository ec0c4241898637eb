import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { parseAllDocuments, stringify } from 'yaml';
import { renderFiles } from '../../deploy/kubernetes/files.ts';
import {
  adminService,
  apiService,
  networkPolicy,
  podDisruptionBudget,
  serviceMonitor,
  statefulSet,
} from '../../deploy/kubernetes/manifests.ts';
import { prometheusRule } from '../../deploy/kubernetes/prometheus-rule.ts';
import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { settings } from '../../src/settings/config.ts';
import { withoutExternalLabels } from '../otel/support/annotation-links.ts';
import { requireTool } from '../support/tools.ts';

const folder = 'deploy/kubernetes';
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const models = { StatefulSet, Service, NetworkPolicy, PodDisruptionBudget, ServiceMonitor, PrometheusRule };
type Kind = keyof typeof models;

type Manifest = { readonly kind: Kind; readonly metadata: { readonly name: string } };

const manifests = files
  .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
  .map((document) => document.toJS() as Manifest);
const pod = statefulSet.spec!.template.spec!;
const [container] = pod.containers;

function validate(manifest: Pick<Manifest, 'kind'>): void {
  new models[manifest.kind](structuredClone(manifest) as never).validate();
}

describe('Kubernetes manifests', () => {
  it('are what the generator writes', () => {
    const rendered = renderFiles();
    assert.deepEqual(files.sort(), [...rendered.keys()].sort());
    for (const [file, text] of rendered) {
      assert.equal(readFileSync(join(folder, file), 'utf8'), text, `${file}: run \`npm run generate\``);
    }
  });

  for (const manifest of manifests) {
    it(`follow the schema: ${manifest.kind} ${manifest.metadata.name}`, () => validate(manifest));
  }

  it('would be refused with a value of another type, or without what is needed', () => {
    const mistyped = { ...statefulSet, spec: { ...statefulSet.spec, replicas: 'three' } } as const;
    assert.throws(() => validate(mistyped), /replicas/);
    const { endpoints: _, ...lacking } = serviceMonitor.spec;
    assert.throws(
      () => validate({ ...serviceMonitor, spec: lacking } as Pick<Manifest, 'kind'>),
      /endpoints/,
    );
  });

  it('run under the restricted Pod Security Standard', () => {
    assert.equal(pod.securityContext?.runAsNonRoot, true);
    assert.equal(pod.securityContext?.seccompProfile?.type, 'RuntimeDefault');
    assert.equal(pod.automountServiceAccountToken, false);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.ok(container.resources?.limits?.memory);
    assert.equal(container.resources?.limits?.['ephemeral-storage'], '512Mi');
  });

  it('agree with the image: version, user, ports, folders, settings', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(container.image, `vigia:${version}`);
    // the image's own: it gets the signals as process 1, without a shell between
    assert.deepEqual([container.command, container.args], [undefined, undefined]);
    assert.equal(pod.securityContext?.runAsUser, 1000);
    const ports = container.ports?.map(({ containerPort }) => String(containerPort));
    assert.deepEqual(ports, [settings.PORT.default, settings.ADMIN_PORT.default]);
    const folders = container.volumeMounts?.map(({ mountPath }) => `${mountPath}/`) ?? [];
    for (const { name, value = '' } of container.env ?? []) {
      assert.ok(name in settings, name);
      if (value.startsWith('/'))
        assert.ok(
          folders.some((start) => value.startsWith(start)),
          value,
        );
    }
  });

  it('give each replica the name of its pod, which lasts', () => {
    const instance = container.env?.find(({ name }) => name === 'SERVICE_INSTANCE');
    assert.equal(instance?.valueFrom?.fieldRef?.fieldPath, 'metadata.name');
  });

  it('select the pods that they mean', () => {
    const labels = statefulSet.spec!.template.metadata?.labels ?? {};
    const selectors = [
      statefulSet.spec!.selector.matchLabels,
      apiService.spec?.selector,
      adminService.spec?.selector,
      podDisruptionBudget.spec?.selector?.matchLabels,
      networkPolicy.spec?.podSelector?.matchLabels,
    ];
    for (const selector of selectors) {
      assert.ok(selector);
      for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
    }
    assert.equal(statefulSet.spec!.serviceName, adminService.metadata?.name);
  });

  it('scrape the admin Service alone, under the job name of the rules', () => {
    const { selector, endpoints, jobLabel = '' } = serviceMonitor.spec;
    const matches = ({ metadata }: typeof apiService) =>
      Object.entries(selector.matchLabels ?? {}).every(([key, value]) => metadata?.labels?.[key] === value);
    assert.equal(matches(adminService), true);
    assert.equal(matches(apiService), false);
    assert.equal(adminService.metadata?.labels?.[jobLabel], 'vigia');
    assert.equal(endpoints?.[0].port, adminService.spec?.ports?.[0].name);
    assert.match(stringify(prometheusRule().spec), /job="vigia"/);
  });

  it('take /metrics off the API, which every pod may ask', () => {
    assert.equal(container.env?.find(({ name }) => name === 'API_METRICS')?.value, 'false');
  });

  it('open the admin port to Prometheus alone', () => {
    const rules = networkPolicy.spec?.ingress?.filter(({ ports }) =>
      ports?.some(({ port }) => port === 'admin'),
    );
    assert.deepEqual(
      rules?.map(({ from }) => from),
      [
        [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
          },
        ],
      ],
    );
  });

  it('link alerts to where the settings say', () => {
    const links = { runbook: 'https://wiki.test/alerts', grafana: 'https://grafana.test' };
    const { spec } = prometheusRule({ alerts: { ...defaultAlertSettings, links } });
    const alerts = (spec?.groups ?? []).flatMap(({ rules = [] }) =>
      rules.flatMap(({ alert, annotations }) => (alert === undefined ? [] : [{ alert, ...annotations }])),
    ) as { alert: string; runbook_url: string; dashboard_url: string }[];
    assert.ok(alerts.length > 30);
    for (const { alert, runbook_url, dashboard_url } of alerts) {
      assert.equal(withoutExternalLabels(runbook_url), `https://wiki.test/alerts#${alert.toLowerCase()}`);
      assert.match(withoutExternalLabels(dashboard_url), /^https:\/\/grafana\.test\/d\//);
    }
  });

  it('carry rules that Prometheus accepts', async function () {
    const promtool = requireTool(this, 'promtool');
    const scratch = mkdtempSync(join(tmpdir(), 'vigia-rules-'));
    try {
      const path = join(scratch, 'rules.yml');
      writeFileSync(path, stringify(prometheusRule().spec));
      await promisify(execFile)(promtool, ['check', 'rules', path]);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
