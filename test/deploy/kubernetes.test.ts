import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments, stringify } from 'yaml';
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
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { manifestFolder, readManifests, validateManifest } from './support/manifests.ts';

const files = readdirSync(manifestFolder).filter((file) => file.endsWith('.yaml'));
const example = 'examples/kubernetes';
const pod = statefulSet.spec!.template.spec!;
const [container] = pod.containers;

describe('Kubernetes manifests', () => {
  it('are what the generator writes', () => {
    const rendered = renderFiles();
    assert.deepEqual(files.sort(), [...rendered.keys()].sort());
    for (const [file, text] of rendered) {
      assert.equal(
        readFileSync(join(manifestFolder, file), 'utf8'),
        text,
        `${file}: run \`npm run generate\``,
      );
    }
  });

  for (const manifest of readManifests()) {
    it(`follow the schema: ${manifest.kind} ${manifest.metadata.name}`, () => validateManifest(manifest));
  }

  it('would be refused with a value of another type, or without what is needed', () => {
    const mistyped = { ...statefulSet, spec: { ...statefulSet.spec, replicas: 'three' } } as const;
    assert.throws(() => validateManifest(mistyped), /replicas/);
    const { endpoints: _, ...lacking } = serviceMonitor.spec;
    const without = { ...serviceMonitor, spec: lacking };
    assert.throws(() => validateManifest(without), /endpoints/);
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
    assert.equal(container.image, `ghcr.io/vigia-ml/vigia:${version}`);
    // the image's own: it gets the signals as process 1, without a shell between
    assert.deepEqual([container.command, container.args], [undefined, undefined]);
    assert.equal(pod.securityContext?.runAsUser, 1000);
    const ports = container.ports?.map(({ containerPort }) => String(containerPort));
    assert.deepEqual(ports, [settings.PORT.default, settings.ADMIN_PORT.default]);
    const folders = container.volumeMounts?.map(({ mountPath }) => `${mountPath}/`) ?? [];
    assert.match(readFileSync('Dockerfile', 'utf8'), /^WORKDIR \/app$/m);
    for (const { name, value = '' } of container.env ?? []) {
      assert.ok(name in settings, name);
      if (name === 'MODEL_PATH') assert.ok(folders.includes(`/app/${value}/`), value);
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

  it('are joined by Kustomize', async function () {
    const kustomize = requireTool(this, 'kustomize');
    const { resources } = parse(readFileSync(join(manifestFolder, 'kustomization.yaml'), 'utf8'));
    assert.deepEqual(resources.toSorted(), files.filter((file) => file !== 'kustomization.yaml').sort());
    const { stdout } = await promisify(execFile)(kustomize, ['build', manifestFolder], {
      maxBuffer: 2 ** 26,
    });
    const built = parseAllDocuments(stdout).map((document) => document.toJS());
    const byName = (a: any, b: any) => (a.kind + a.metadata.name < b.kind + b.metadata.name ? -1 : 1);
    assert.deepEqual(built.sort(byName), readManifests().sort(byName));
  });

  it('take the digest of an image from an overlay, as README.md says', async function () {
    const kustomize = requireTool(this, 'kustomize');
    await using folder = await temporaryFolder();
    cpSync(manifestFolder, join(folder.path, 'base'), { recursive: true });
    const [, block] =
      /```yaml\n(.*?)```/s.exec(readFileSync(join(manifestFolder, 'README.md'), 'utf8')) ?? [];
    const digest = `sha256:${'0'.repeat(64)}`;
    await folder.write(
      'kustomization.yaml',
      stringify({ resources: ['base'], ...parse(block.replace('sha256:…', digest)) }),
    );
    const { stdout } = await promisify(execFile)(kustomize, ['build', folder.path], { maxBuffer: 2 ** 26 });
    assert.match(stdout, new RegExp(`image: ghcr.io/vigia-ml/vigia@${digest}$`, 'm'));
  });

  it('are the base of the example, whose models have a name of their own for each content', async function () {
    const kustomize = requireTool(this, 'kustomize');
    const { stdout } = await promisify(execFile)(kustomize, ['build', example], { maxBuffer: 2 ** 26 });
    const built: any[] = parseAllDocuments(stdout).map((document) => document.toJS());
    for (const manifest of built) validateManifest(manifest);
    const find = (kind: string) => built.find((one) => one.kind === kind);
    const { data, metadata } = find('ConfigMap');
    assert.deepEqual(Object.keys(data).sort(), readdirSync(join(example, 'models')).sort());
    assert.match(metadata.name, /^vigia-models-\w{10}$/);
    const { volumes, containers } = find('StatefulSet').spec.template.spec;
    assert.equal(volumes.find(({ name }: any) => name === 'models').configMap.name, metadata.name);
    const { settings } = parse(readFileSync(join(example, 'values.yaml'), 'utf8'));
    for (const [name, value] of Object.entries(settings)) {
      assert.equal(containers[0].env.findLast((one: any) => one.name === name)?.value, value);
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
