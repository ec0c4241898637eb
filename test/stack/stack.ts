import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';

const run = promisify(execFile);

/** The windows of the rules, and Prometheus's intervals, are shorter by this factor; the formulas are the same. */
export const timeScale = 0.2;
export const scrapeInterval = '3s';

/** The test's own model in `models/`, for a shadow: the committed one, with a different threshold. */
export const shadowModel = 'credit-next';

export type Stack = {
  readonly project: string;
  /** How `docker compose` is called for this stack, and the environment that it needs. */
  readonly dockerCompose: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Files of this stack alone, which go with it. */
  readonly folder: string;
  /** Runs `docker compose` on this stack and gives its stdout. */
  compose(...args: string[]): Promise<string>;
  /** Runs `docker` and gives its stdout. */
  docker(...args: string[]): Promise<string>;
  /** Sets variables as `.env` would, for everything created from now on. */
  configure(variables: Readonly<Record<string, string>>): void;
  /** Writes a file that containers may read, and gives its path. */
  writeFile(name: string, text: string): string;
  /** Runs a command within a running service and gives its stdout. */
  exec(service: string, ...command: string[]): Promise<string>;
  /** The id of the container of one replica of a service. */
  container(service: string, index: number): Promise<string>;
  /** Where a service's port is published on this machine. */
  url(service: string, port: number, index?: number): Promise<string>;
  /** Starts what is not running and waits until it is healthy. */
  up(replicas: number): Promise<void>;
  /** Restarts one replica of a service. */
  restart(service: string, index: number): Promise<void>;
  /** Lays the text of another compose file over the others, for one service. */
  lay(override: string, service: string): Promise<void>;
  /** Removes everything: containers, volumes, network, files. */
  down(): void;
};

/**
 * Files that only this test lays over the committed ones: shorter windows, a second model, and somebody who takes the
 * alerts.
 */
function writeOverrides(folder: string): string {
  const prometheus = join(folder, 'prometheus');
  mkdirSync(prometheus);
  const config = readFileSync('otel/prometheus/prometheus.yml', 'utf8');
  writeFileSync(join(prometheus, 'prometheus.yml'), config.replaceAll(/\b1[05]s\b/g, scrapeInterval));
  const generator = ['otel/prometheus/generate.ts', '--out', join(prometheus, 'rules')];
  execFileSync(process.execPath, [...generator, '--time-scale', String(timeScale)]);
  writeFileSync(join(folder, 'webhook-url'), 'http://webhook:8080/');
  const models = join(folder, 'models');
  mkdirSync(models);
  copyFileSync('models/credit.json', join(models, 'credit.json'));
  const shadow = join(models, `${shadowModel}.json`);
  const training = ['bin/vigia.cjs', 'train', '--threshold', '0.4', '--name', shadowModel, '--out', shadow];
  execFileSync(process.execPath, training, { stdio: ['ignore', 'ignore', 'inherit'] });
  const override = join(folder, 'override.yml');
  const receiver = '/webhook-receiver.mts';
  writeFileSync(
    override,
    stringify({
      services: {
        app: {
          volumes: [`${models}:/app/models:ro`],
          // a busy machine may delay the service; load shedding has tests of its own
          environment: { MAX_EVENT_LOOP_DELAY_MS: '5000' },
        },
        prometheus: { volumes: [`${prometheus}:/etc/prometheus:ro`] },
        webhook: {
          image: 'node:24-bookworm-slim',
          init: true,
          user: 'node',
          command: ['node', receiver],
          volumes: [`./test/stack${receiver}:${receiver}:ro`],
          ports: ['127.0.0.1::8080'],
        },
      },
    }),
  );
  // The containers' users differ from ours.
  for (const path of [folder, prometheus, join(prometheus, 'rules'), models]) chmodSync(path, 0o755);
  chmodSync(shadow, 0o644);
  return override;
}

/** A separate stack, independent of any other: its own project name, free ports, its own volumes. */
export function createStack(): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-stack-'));
  const override = writeOverrides(folder);
  const webhook = join(folder, 'webhook-url');
  const files = ['-f', 'docker-compose.yml', '-f', override, '--project-directory', '.'];
  const project = `vigia-stack-${process.pid}`;
  const prefix = ['compose', '-p', project, ...files];
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    COMPOSE_DISABLE_ENV_FILE: '1',
    API_PORT: '',
    ADMIN_PORT: '',
    GRAFANA_PORT: '',
    PROMETHEUS_PORT: '',
    ALERTMANAGER_PORT: '',
    JAEGER_PORT: '',
    ALERT_WEBHOOK_FILE: webhook,
    WATCHDOG_WEBHOOK_FILE: webhook,
  };

  async function docker(...args: string[]): Promise<string> {
    const options = { env, timeout: 540_000, maxBuffer: 64 * 1024 * 1024 };
    return (await run('docker', args, options)).stdout;
  }

  const compose = (...args: string[]) => docker(...prefix, ...args);

  function writeFile(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  }

  async function container(service: string, index: number): Promise<string> {
    const labels = { project, service, 'container-number': index };
    const filters = Object.entries(labels).flatMap(([name, value]) => [
      '--filter',
      `label=com.docker.compose.${name}=${value}`,
    ]);
    return (await docker('ps', '-q', ...filters)).trim();
  }

  let isUp = true;
  function down(): void {
    if (!isUp) return;
    isUp = false;
    execFileSync('docker', [...prefix, 'down', '-v', '--remove-orphans', '--timeout', '5'], {
      env,
      stdio: 'ignore',
    });
    rmSync(folder, { recursive: true, force: true });
  }
  // Also if the run is interrupted.
  process.once('exit', down);

  return {
    project,
    dockerCompose: ['docker', ...prefix],
    env,
    folder,
    docker,
    compose,
    container,
    down,
    configure: (variables) => Object.assign(env, variables),
    writeFile,
    exec: (service, ...command) => compose('exec', '-T', service, ...command),
    async url(service, port, index = 1) {
      return `http://${(await compose('port', '--index', String(index), service, String(port))).trim()}`;
    },
    async restart(service, index) {
      await docker('restart', '--time', '10', await container(service, index));
    },
    async lay(override, service) {
      const path = writeFile('laid-over.yml', override);
      const before = prefix.slice(0, -2);
      await docker(...before, '-f', path, ...prefix.slice(-2), 'up', '-d', '--no-deps', service);
    },
    async up(replicas) {
      try {
        await compose('up', '-d', '--wait', '--no-recreate', '--scale', `app=${replicas}`);
      } catch (error) {
        throw new Error(await compose('logs', '--tail', '20'), { cause: error });
      }
    },
  };
}
