import assert from 'node:assert/strict';
import { exec, execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { startRegistry } from '../support/registry.ts';
import { requireTool } from '../support/tools.ts';
import { type Manifest, readManifests, validateManifest } from './support/manifests.ts';

const chart = 'deploy/helm/vigia';
const dashboards = 'grafana/dashboards';
/** Of a Secret, in which Helm keeps each release. */
const maxReleaseBytes = 1024 * 1024;
/** What Helm, without a cluster, assumes otherwise depends on how it was built. */
const ofCluster = ['--kube-version', '1.37'];

/** What people set, by what they want. */
const cases: Readonly<Record<string, object>> = {
  'models from a claim': { models: { from: 'claim', name: 'models' } },
  'models from an image': { models: { from: 'image', name: 'registry.test/models@sha256:0f86' } },
  'the models of the image': { models: { from: 'bundled' } },
  'models as values': { models: { files: { 'credit.json': readFileSync('models/credit.json', 'utf8') } } },
  'the example with three models': parse(readFileSync('examples/kubernetes/values.yaml', 'utf8')),
  'no Prometheus Operator': {
    metrics: { scrapeBy: 'annotations' },
    prometheusRule: { enabled: false },
    pod: { annotations: { 'example.test/team': 'risk' } },
  },
  'as little as possible': {
    replicas: 1,
    metrics: { scrapeBy: 'none' },
    prometheusRule: { enabled: false },
    dashboards: { enabled: false },
    podDisruptionBudget: { enabled: false },
    networkPolicy: { enabled: false },
  },
  everything: {
    image: { repository: 'registry.test/vigia', digest: `sha256:${'0'.repeat(64)}` },
    settings: {
      SAMPLES_MAX_BYTES: 104857600,
      LOG_PAYLOAD: false,
      DEFAULT_MODEL: 'credit',
      OTEL_SERVICE_NAME: null,
      OTEL_EXPORTER_OTLP_HEADERS: { secret: 'collector', key: 'headers' },
    },
    secrets: { outcomesToken: { name: 'tokens' }, outcomeDedupPassword: { name: 'redis', key: 'password' } },
    storage: { size: '20Gi', className: 'fast' },
    resources: { limits: { memory: '1Gi' } },
    pod: {
      labels: { team: 'risk' },
      imagePullSecrets: [{ name: 'registry' }],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'dedicated', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'high',
    },
    metrics: { labels: { release: 'prometheus' } },
    prometheusRule: { labels: { release: 'prometheus' } },
    dashboards: { labels: { grafana_dashboard: '1' }, annotations: { grafana_folder: 'Models' } },
    podDisruptionBudget: { maxUnavailable: '50%' },
    networkPolicy: {
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'admin' }] }],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 6379 }] }],
    },
    global: { any: 'thing' },
  },
};

describe('the Helm chart, rendered by Helm', () => {
  let helm: string;
  let scratch: string;

  before(function () {
    helm = requireTool(this, 'helm');
    scratch = mkdtempSync(join(tmpdir(), 'vigia-helm-'));
  });
  after(() => scratch && rmSync(scratch, { recursive: true }));

  /** Runs a command of Helm on the chart, with these values. */
  async function run(command: readonly string[], values: object, ...options: string[]): Promise<string> {
    const file = join(scratch, `${crypto.randomUUID()}.yaml`);
    writeFileSync(file, stringify(values));
    const args = [...command, chart, '--values', file, ...ofCluster, ...options];
    const { stdout } = await promisify(execFile)(helm, args, { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  async function template(values: object, name = 'vigia', ...options: string[]): Promise<Manifest[]> {
    const text = await run(['template', name], values, ...options);
    return parseAllDocuments(text).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
  }

  const find = (manifests: readonly Manifest[], kind: string, name?: string) =>
    manifests.find((one) => one.kind === kind && (name ?? one.metadata.name) === one.metadata.name) as any;
  const podOf = (manifests: readonly Manifest[]) => find(manifests, 'StatefulSet').spec.template;
  const environmentOf = (manifests: readonly Manifest[]): Record<string, unknown> =>
    Object.fromEntries(
      podOf(manifests).spec.containers[0].env.map(({ name, value, valueFrom }: any) => [
        name,
        value ?? valueFrom,
      ]),
    );

  it('says with its defaults what the plain manifests say, and has the dashboards', async () => {
    const rendered = await template({});
    const isDashboard = ({ kind }: Manifest) => kind === 'ConfigMap';
    assert.deepEqual(
      rendered
        .filter((one) => !isDashboard(one))
        .map(meaning)
        .sort(byName),
      readManifests().map(meaning).sort(byName),
    );
    const shown = rendered.filter(isDashboard).map(({ metadata, data = {} }) => {
      assert.equal(metadata.labels?.grafana_dashboard, '1');
      return Object.entries(data).map(([file, text]) => [file, JSON.parse(text)]);
    });
    const files = readdirSync(dashboards).sort();
    assert.deepEqual(
      shown.flat(),
      files.map((file) => [file, JSON.parse(readFileSync(join(dashboards, file), 'utf8'))]),
    );
  });

  for (const [title, values] of Object.entries({ 'the defaults': {}, ...cases })) {
    it(`follows the schemas of Kubernetes, and passes Helm's own check: ${title}`, async () => {
      assert.match(await run(['lint', '--strict'], values), /1 chart\(s\) linted, 0 chart\(s\) failed/);
      const manifests = await template(values);
      assert.ok(manifests.length > 2);
      for (const manifest of manifests) validateManifest(manifest);
    });
  }

  it('takes the models from where the values say, and nowhere else', async () => {
    const sourceOf = async (values: object) => {
      const { containers, volumes } = podOf(await template(values)).spec;
      const { name: _, ...source } = volumes.find(({ name }: any) => name === 'models') ?? {};
      const mounts = containers[0].volumeMounts.filter(({ name }: any) => name === 'models');
      return [source, mounts.length];
    };
    assert.deepEqual(await sourceOf({}), [{ configMap: { name: 'vigia-models' } }, 1]);
    assert.deepEqual(await sourceOf(cases['models from a claim']), [
      { persistentVolumeClaim: { claimName: 'models', readOnly: true } },
      1,
    ]);
    assert.deepEqual(await sourceOf(cases['models from an image']), [
      { image: { reference: 'registry.test/models@sha256:0f86' } },
      1,
    ]);
    assert.deepEqual(await sourceOf(cases['the models of the image']), [{}, 0]);
  });

  it('replaces the pods when its own model files change, and only then', async () => {
    const checksum = async (text: string) => {
      const manifests = await template({ models: { files: { 'credit.json': text } } });
      assert.deepEqual(find(manifests, 'ConfigMap', 'vigia-models').data, { 'credit.json': text });
      return podOf(manifests).metadata.annotations['checksum/models'];
    };
    const first = await checksum('{"version": 1}\n');
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await checksum('{"version": 1}\n'), first);
    assert.notEqual(await checksum('{"version": 2}\n'), first);
    assert.equal(podOf(await template({})).metadata.annotations, undefined);
  });

  it('takes model files and rules from files', async () => {
    const settings = join(scratch, 'alerts.json');
    const rules = join(scratch, 'rules.yml');
    writeFileSync(settings, '{"jobs": {"service": "pods"}}');
    await promisify(execFile)(process.execPath, [
      'bin/vigia.cjs',
      'rules',
      ...['--alert-settings', settings, '--out', rules],
    ]);
    const manifests = await template(
      {},
      'vigia',
      '--set-file',
      'models.files.credit\\.json=models/credit.json',
      '--set-file',
      `prometheusRule.rules=${rules}`,
    );
    const { data } = find(manifests, 'ConfigMap', 'vigia-models');
    assert.equal(data['credit.json'], readFileSync('models/credit.json', 'utf8'));
    const { spec } = find(manifests, 'PrometheusRule');
    assert.deepEqual(spec, parse(readFileSync(rules, 'utf8')));
    assert.match(stringify(spec), /job="pods"/);
  });

  for (const file of [join(chart, 'README.md'), 'examples/kubernetes/README.md']) {
    it(`is installed by the commands of ${file}`, async () => {
      const commands = readFileSync(file, 'utf8').match(/^helm install .*$/gm) ?? [];
      assert.ok(commands.length > 0);
      for (const command of commands) {
        const rendering = [command.replace('install', 'template'), ...ofCluster].join(' ');
        const { stdout } = await promisify(exec)(rendering, { maxBuffer: 64 * 1024 * 1024 });
        assert.match(stdout, /^kind: StatefulSet$/m, command);
      }
    });
  }

  it('passes settings on as text, in full, and leaves out those that are null', async () => {
    const environment = environmentOf(await template(cases.everything));
    assert.equal(environment.SAMPLES_MAX_BYTES, '104857600');
    assert.equal(environment.LOG_PAYLOAD, 'false');
    assert.equal(environment.MODEL_PATH, 'models');
    assert.equal('OTEL_SERVICE_NAME' in environment, false);
    const example = await template(
      cases['the example with three models'],
      'vigia',
      '--set',
      'settings.SHADOW_MODELS=null',
    );
    assert.equal('SHADOW_MODELS' in environmentOf(example), false);
    assert.deepEqual(environment.OTEL_EXPORTER_OTLP_HEADERS, {
      secretKeyRef: { name: 'collector', key: 'headers' },
    });
  });

  it('mounts each Secret as a file, whose path its setting has', async () => {
    const manifests = await template(cases.everything);
    const { volumes } = podOf(manifests).spec;
    const { sources } = volumes.find(({ name }: any) => name === 'secrets').projected;
    assert.deepEqual(
      sources.map(({ secret: { name, items } }: any) => [name, items[0].key, items[0].path]),
      [
        ['vigia', 'outcome-key', 'outcome-key'],
        ['tokens', 'outcomes-token', 'outcomes-token'],
        ['redis', 'password', 'outcome-dedup-password'],
      ],
    );
    const environment = environmentOf(manifests);
    assert.equal(environment.OUTCOMES_TOKEN_FILE, '/run/secrets/vigia/outcomes-token');
    assert.equal(environment.OUTCOME_DEDUP_PASSWORD_FILE, '/run/secrets/vigia/outcome-dedup-password');
    assert.equal('OUTCOMES_TOKEN_FILE' in environmentOf(await template({})), false);
  });

  it('names the image by its digest, by a tag, or by the version of the chart', async () => {
    const imageOf = async (image: object) =>
      podOf(await template({ image })).spec.containers[0].image as string;
    const digest = `sha256:${'0'.repeat(64)}`;
    assert.equal(await imageOf({ repository: 'r.test/v', tag: 't', digest }), `r.test/v@${digest}`);
    assert.equal(await imageOf({ tag: '2026-11' }), 'ghcr.io/vigia-ml/vigia:2026-11');
  });

  it('lets Prometheus find the pods by annotations', async () => {
    const manifests = await template(cases['no Prometheus Operator']);
    assert.deepEqual(podOf(manifests).metadata.annotations, {
      'example.test/team': 'risk',
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9464',
      'prometheus.io/path': '/metrics',
    });
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) assert.equal(find(manifests, kind), undefined);
  });

  it('has only what is switched on', async () => {
    const kinds = (await template(cases['as little as possible'])).map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), ['Service', 'Service', 'StatefulSet']);
  });

  it('can be installed twice in a namespace: no name and no selector is shared', async () => {
    const [one, two] = await Promise.all(['blue', 'green'].map((name) => template({}, name)));
    const names = (manifests: Manifest[]) =>
      new Set(manifests.map(({ kind, metadata }) => kind + metadata.name));
    for (const name of names(one)) assert.ok(!names(two).has(name), name);
    assert.equal(find(one, 'StatefulSet').metadata.name, 'blue-vigia');
    assert.notDeepEqual(find(one, 'Service').spec.selector, find(two, 'Service').spec.selector);
  });

  for (const [title, values, message] of [
    ['a setting that there is not', { settings: { MODELPATH: 'a' } }, /MODELPATH/],
    ['a setting that the chart decides', { settings: { PORT: 80 } }, /PORT/],
    [
      'a Secret for a setting that has none',
      { settings: { LOG_LEVEL: { secret: 'a', key: 'b' } } },
      /LOG_LEVEL/,
    ],
    ['a value that there is not', { replica: 3 }, /replica/],
    ['a value of another type', { replicas: 'three' }, /replicas/],
    ['an unknown source of models', { models: { from: 'git' } }, /models\/from/],
    ['a claim without a name', { models: { from: 'claim' } }, /models\.from=claim requires models\.name/],
    [
      'files of a model that would not be used',
      { models: { from: 'claim', name: 'a', files: { 'a.json': '{}' } } },
      /models\.files is for models\.from=configMap only/,
    ],
    ['a digest that is none', { image: { digest: 'sha256:abc' } }, /digest/],
    ['no key for prediction ids', { secrets: { outcomeKey: { name: '' } } }, /outcomeKey/],
    [
      'a key for prediction ids that is taken away',
      { secrets: { outcomeKey: { name: null } } },
      /secrets\.outcomeKey\.name must name a Secret/,
    ],
  ] as const) {
    it(`refuses ${title}`, () => assert.rejects(template(values), message));
  }

  it('is the same once it is packed, pushed to a registry and fetched into a clean folder', async function () {
    const registry = await startRegistry(requireTool(this, 'docker-registry'));
    const own = (name: string) => join(scratch, name);
    const env = { ...process.env, HELM_CACHE_HOME: own('cache'), HELM_CONFIG_HOME: own('config') };
    const inFolder = (...args: string[]) =>
      promisify(execFile)(helm, args, { cwd: scratch, env, maxBuffer: 64 * 1024 * 1024 });
    try {
      await inFolder('package', join(process.cwd(), chart));
      const { version } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
      const place = `oci://${registry.address}/charts`;
      await inFolder('push', `vigia-${version}.tgz`, place, '--plain-http');
      const fetched = [
        'template',
        'vigia',
        `${place}/vigia`,
        '--version',
        version,
        '--plain-http',
        ...ofCluster,
      ];
      const { stdout } = await inFolder(...fetched);
      const inRepository = await run(['template', 'vigia'], {});
      const sorted = (text: string) => text.split(/^---$/m).sort();
      assert.deepEqual(sorted(stdout), sorted(inRepository));
      assert.match(stdout, /name: vigia-dashboard-overview/);
    } finally {
      await registry.stop();
    }
  });

  it('leaves room in the Secret that Helm keeps a release in', async () => {
    const manifest = await run(['template', 'vigia'], cases.everything);
    const files = readdirSync(chart, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'base64'));
    // in base64 twice: by Helm, and as the value of a Secret; but its size is that of the first
    const stored = gzipSync(JSON.stringify({ manifest, files })).toString('base64');
    assert.ok(stored.length < maxReleaseBytes / 2, `${stored.length} bytes`);
  });
});

/** A manifest without the labels that say who made it. The order of variables has no meaning. */
function meaning(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest) as any;
  for (const part of [copy, copy.spec?.template]) {
    const labels = part?.metadata?.labels ?? {};
    delete labels['helm.sh/chart'];
    delete labels['app.kubernetes.io/managed-by'];
  }
  copy.spec?.template?.spec.containers[0].env.sort((a: any, b: any) => (a.name < b.name ? -1 : 1));
  return copy;
}

function byName(a: Manifest, b: Manifest): number {
  return `${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1;
}
