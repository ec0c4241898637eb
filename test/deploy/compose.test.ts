import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { settings } from '../../src/settings/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

type Service = {
  image: string;
  build?: string;
  init?: boolean;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  pids_limit?: number;
  networks?: string[];
  secrets?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  healthcheck?: { test: string[] };
  command?: string | string[];
  entrypoint?: string[];
  profiles?: string[];
  user?: string;
  depends_on?: Record<string, { condition: string }>;
};
type Compose = {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean } | null>;
};

const text = readFileSync('docker-compose.yml', 'utf8');
const { services, volumes, secrets, networks } = parse(text, { merge: true }) as Compose;
const all = Object.entries(services);

describe('docker-compose.yml', () => {
  it('has the service and what watches it', () => {
    assert.deepEqual(Object.keys(services), [
      'app',
      'collector',
      'prometheus',
      'alertmanager',
      'grafana',
      'jaeger',
      'valkey',
    ]);
  });

  it('has what replicas share for those who ask for it, where it forgets nothing', () => {
    const optional = all.filter(([, { profiles }]) => profiles !== undefined);
    assert.deepEqual(
      optional.map(([name, { profiles }]) => [name, profiles]),
      [['valkey', ['replicas']]],
    );
    const { command, volumes: mounted, user = '' } = services.valkey;
    assert.match(String(command), /--maxmemory-policy noeviction(\s|$)/);
    assert.match(String(command), /--maxmemory 256mb /);
    assert.match(String(command), /--appendonly yes /);
    assert.deepEqual(mounted, ['valkey:/data']);
    assert.match(user, /^[1-9]\d*:/);
    assert.equal(services.app.environment?.ALLOWED_HOSTS, `\${ALLOWED_HOSTS:-localhost}`);
    assert.equal(services.app.environment?.OUTCOME_DEDUP_URL, `\${OUTCOME_DEDUP_URL:-}`);
    assert.equal(
      services.app.environment?.OUTCOME_DEDUP_PASSWORD_FILE,
      `\${OUTCOME_DEDUP_PASSWORD_FILE:+/run/secrets/outcome_dedup_password}`,
    );
    assert.equal(services.app.depends_on?.valkey, undefined);
  });

  it('publishes what a person opens, on the loopback address, at a port that can be chosen', () => {
    const published = all.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    assert.deepEqual(published, [
      `app 127.0.0.1:\${API_PORT-8000}:8000`,
      `app 127.0.0.1:\${ADMIN_PORT-9464}:9464`,
      `prometheus 127.0.0.1:\${PROMETHEUS_PORT-9090}:9090`,
      `alertmanager 127.0.0.1:\${ALERTMANAGER_PORT-9093}:9093`,
      `grafana 127.0.0.1:\${GRAFANA_PORT-3000}:3000`,
      `jaeger 127.0.0.1:\${JAEGER_PORT-16686}:16686`,
    ]);
  });

  it('pins every image to a version and none to a digest', () => {
    for (const [name, { image }] of all) assert.match(image, /^[a-z][a-z/-]*:v?\d+\.\d+\.\d+$/, name);
  });

  it('gives every container a limit on memory and processes, no write access and no privileges', () => {
    for (const [name, service] of all) {
      assert.match(service.mem_limit ?? '', /^\d+[mg]$/, name);
      assert.equal(service.pids_limit, 512, name);
      assert.equal(service.read_only, true, name);
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    }
  });

  it('joins the service to each that it works with by a network of their own, and to nobody else', () => {
    const members = (network: string) =>
      all.flatMap(([name, service]) => ((service.networks ?? ['default']).includes(network) ? name : []));
    assert.deepEqual(
      Object.keys(networks).map((network) => [
        network,
        members(network),
        networks[network]?.internal ?? false,
      ]),
      [
        ['admin', ['app', 'prometheus'], false],
        ['traces', ['app', 'collector'], true],
        ['outcomes', ['app', 'valkey'], true],
      ],
    );
    assert.deepEqual(members('default'), ['collector', 'prometheus', 'alertmanager', 'grafana', 'jaeger']);
  });

  it('lets Valkey take no connection without a password, which is no argument and no variable', () => {
    const [shell, , script] = [services.valkey.command ?? []].flat();
    assert.equal(shell, 'sh');
    const server = script.slice(script.indexOf('exec valkey-server'));
    const [line, ...input] = server.split('\n');
    assert.match(line, /^exec valkey-server - [^$]*<<CONFIG$/);
    assert.deepEqual(input.slice(0, 2), ['requirepass "$$password"', 'CONFIG']);
    assert.doesNotMatch(script, /protected-mode/);
    assert.deepEqual(services.valkey.secrets, ['outcome_dedup_password']);
    assert.equal(services.valkey.environment, undefined);
  });

  it('checks the health of every service that reports it, and waits for it', () => {
    for (const [name, { healthcheck }] of all) {
      // The app's is in its image; the Collector's image has no shell.
      assert.equal(healthcheck !== undefined, name !== 'app' && name !== 'collector', name);
      const [form, command] = healthcheck?.test ?? [];
      if (name === 'valkey') assert.match(command, / valkey-cli -e ping$/);
      else if (healthcheck) assert.deepEqual([form, command], ['CMD', 'wget'], name);
    }
    for (const { depends_on = {} } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        assert.equal(condition, name === 'collector' ? 'service_started' : 'service_healthy', name);
      }
    }
  });

  it('gives each replica a folder of its own on the shared volume', () => {
    const { environment = {}, init } = services.app;
    assert.equal(environment.SAMPLES_PATH, '/app/logs/{instance}/input_samples.jsonl');
    assert.equal(environment.OUTCOMES_PATH, '/app/logs/{instance}/outcomes.jsonl');
    // unset, it is a name that the next container takes over
    assert.equal(environment.SERVICE_INSTANCE, undefined);
    assert.equal(init, true);
  });

  it('sets only settings that the service reads', () => {
    for (const name of Object.keys(services.app.environment ?? {})) assert.ok(name in settings, name);
  });

  it('takes secrets from files', () => {
    for (const [name, { file }] of Object.entries(secrets)) {
      assert.match(file, new RegExp(`^\\$\\{${name.toUpperCase()}_FILE:-/dev/null\\}$`));
    }
  });

  it('mounts files that exist, read-only, and volumes that are named', () => {
    for (const volume of all.flatMap(([, service]) => service.volumes ?? [])) {
      const [source, , mode] = volume.split(':');
      if (source.startsWith('.')) {
        assert.ok(existsSync(source), source);
        assert.equal(mode, 'ro', volume);
      } else {
        assert.ok(source in volumes, volume);
      }
    }
  });

  it('keeps exemplars, and data for a stated time', () => {
    const command = [services.prometheus.command ?? []].flat();
    assert.ok(command.includes('--enable-feature=exemplar-storage'));
    assert.ok(command.some((argument) => argument.startsWith('--storage.tsdb.retention.time=')));
  });

  it('has every variable, with its default, in .env.example', () => {
    const used = new Map<string, string>();
    for (const [, name, form, value] of text.matchAll(/\$\{([A-Z_]+):?([-+])([^}]*)\}/g)) {
      // .env.example describes a default that depends on another variable only in words
      const isDefault = form === '-' && value !== '/dev/null' && !value.startsWith('$');
      used.set(name, used.get(name) || (isDefault ? value : ''));
    }
    const example = readFileSync('.env.example', 'utf8');
    const documented = new Map(
      [...example.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    assert.deepEqual([...documented.keys()].sort(), [...used.keys()].sort());
    for (const [name, value] of used) {
      if (value !== '') assert.equal(documented.get(name), value, name);
    }
  });

  it('says at the start of Alertmanager when no receiver is configured, and starts it', async () => {
    const { entrypoint = [], command = [] } = services.alertmanager;
    const [shell, option, script, name] = entrypoint;
    await using folder = await temporaryFolder();
    const program = await folder.write('alertmanager', '#!/bin/sh\necho "$@"\n');
    await chmod(program, 0o755);
    const env = { PATH: `${folder.path}:${process.env.PATH}` };
    for (const [address, said] of [
      ['', /^Alerts go nowhere: no receiver is configured\. Set ALERT_WEBHOOK_FILE .*\n$/],
      ['https://hooks.test/alerts', /^$/],
    ] as const) {
      const secret = await folder.write('webhook', address);
      // Compose reads $$ as $
      const here = script.replaceAll('$$', '$').replace('/run/secrets/alert_webhook', secret);
      const { stdout, stderr } = await promisify(execFile)(shell, [option, here, name, ...command], { env });
      assert.equal(stdout, `${[command].flat().join(' ')}\n`);
      assert.match(stderr, said);
    }
  });

  describe('as Docker Compose reads it', () => {
    type Resolved = {
      services: Record<
        string,
        {
          ports?: { host_ip: string; published?: string }[];
          environment: Record<string, string>;
          volumes?: { source: string; target: string }[];
        }
      >;
    };

    async function resolve(env: Record<string, string>): Promise<Resolved> {
      const { stdout, stderr } = await promisify(execFile)(
        'docker',
        ['compose', 'config', '--format', 'json'],
        {
          env: { PATH: process.env.PATH, HOME: process.env.HOME, COMPOSE_DISABLE_ENV_FILE: '1', ...env },
        },
      );
      assert.equal(stderr, '', 'it would be printed by every command');
      return JSON.parse(stdout) as Resolved;
    }

    before(function () {
      requireTool(this, 'docker compose');
    });

    it('leaves ports to Docker when they are empty, so that replicas can be scaled', async () => {
      const [fixed, free] = await Promise.all([
        resolve({}).then(({ services: { app } }) => app.ports ?? []),
        resolve({ API_PORT: '', ADMIN_PORT: '' }).then(({ services: { app } }) => app.ports ?? []),
      ]);
      assert.deepEqual(
        fixed.map(({ published }) => published),
        [settings.PORT.default, settings.ADMIN_PORT.default],
      );
      assert.deepEqual(
        free.map(({ published }) => published),
        [undefined, undefined],
      );
    });

    it('publishes every port on the loopback address alone, whatever is set', async () => {
      for (const env of [
        {},
        { API_PORT: '', ADMIN_PORT: '' },
        { ADMIN_PORT: '9999', COMPOSE_PROFILES: 'replicas' },
      ]) {
        for (const [name, { ports = [] }] of Object.entries((await resolve(env)).services)) {
          for (const { host_ip } of ports) assert.equal(host_ip, '127.0.0.1', name);
        }
      }
    });

    it('allows no login to Grafana until a password is set', async () => {
      const open = (await resolve({})).services.grafana.environment;
      const closed = (await resolve({ GRAFANA_ADMIN_PASSWORD: 'geheim' })).services.grafana.environment;
      assert.deepEqual(
        [open.GF_SECURITY_ADMIN_PASSWORD, open.GF_AUTH_DISABLE_LOGIN_FORM, open.GF_AUTH_BASIC_ENABLED],
        ['', '', ''],
      );
      assert.deepEqual(
        [closed.GF_SECURITY_ADMIN_PASSWORD, closed.GF_AUTH_DISABLE_LOGIN_FORM, closed.GF_AUTH_BASIC_ENABLED],
        ['geheim', 'false', 'true'],
      );
      const ini = readFileSync('grafana/grafana.ini', 'utf8');
      assert.match(ini, /^\[auth\]\ndisable_login_form = true$/m);
      assert.match(ini, /^\[auth\.basic\]\nenabled = false$/m);
      assert.match(ini, /^\[security\]\ndisable_initial_admin_creation = true$/m);
    });

    it('serves the models of this machine that are configured', async () => {
      assert.equal((await resolve({})).services.app.environment.MODEL_PATH, settings.MODEL_PATH.default);
      const named = { MODEL_PATH: 'models', DEFAULT_MODEL: 'churn', SHADOW_MODELS: 'next' };
      const { environment, volumes = [] } = (await resolve(named)).services.app;
      for (const [name, value] of Object.entries(named)) assert.equal(environment[name], value);
      const mounted = volumes.find(({ target }) => target === '/app/models');
      assert.equal(mounted?.source, join(process.cwd(), 'models'));
    });

    it('starts no store until replicas ask for one, and then tells them of it', async () => {
      const alone = (await resolve({})).services;
      assert.equal(alone.valkey, undefined);
      assert.equal(alone.app.environment.OUTCOME_DEDUP_URL, '');
      const OUTCOME_DEDUP_URL = 'redis://valkey:6379';
      const shared = (await resolve({ COMPOSE_PROFILES: 'replicas', OUTCOME_DEDUP_URL })).services;
      assert.equal(shared.app.environment.OUTCOME_DEDUP_URL, OUTCOME_DEDUP_URL);
      assert.equal(shared.valkey.ports, undefined);
    });

    it('names a secret to the service only when there is one', async () => {
      const without = (await resolve({})).services.app.environment;
      const with_ = (await resolve({ OUTCOME_KEY_FILE: './package.json' })).services.app.environment;
      assert.equal(without.OUTCOME_KEY_FILE, '');
      assert.equal(with_.OUTCOME_KEY_FILE, '/run/secrets/outcome_key');
    });
  });
});
