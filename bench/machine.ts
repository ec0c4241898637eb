import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** Processors that server and load generator are bound to, apart from each other. */
export const serverCore = 0;
export const loadCore = 1;

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** The command that runs a program on one processor, if the machine has `taskset` and two processors. */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  return canPin ? ['taskset', '-c', String(core), ...command] : command;
}

const packages = [
  'koa',
  '@koa/router',
  '@koa/bodyparser',
  'pino',
  'prom-client',
  'fastify',
  'fastify-metrics',
  '@opentelemetry/sdk-node',
  '@opentelemetry/auto-instrumentations-node',
  'autocannon',
];

/** The code that figures depend on; files written by earlier runs do not count. */
const measured = [
  ...['src', 'otel', 'bench', 'package-lock.json'],
  ...[':!bench/results.md', ':!bench/recorded-runs.json'],
];

/** What the figures were measured on. */
export type Machine = {
  readonly host: string;
  /** The short commit id, with a remark if the tree differs from it. */
  readonly commit: string;
  readonly placement: string;
  readonly versions: string;
};

export function describeMachine(): Machine {
  const [{ model }] = cpus();
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short=12', 'HEAD');
  const changed = git('status', '--porcelain', '--', ...measured) !== '';
  const versions = packages.map((name) => `${name} ${installedVersion(name)}`);
  return {
    host: `${availableParallelism()} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()} ${arch()}`,
    commit: `${commit}${changed ? ' with changes' : ''}`,
    placement: canPin
      ? `server bound to processor ${serverCore}, load generator and trace sink to processor ${loadCore}`
      : 'server and load generator not bound to processors: there is no taskset, or one processor only',
    versions: `Node ${process.version}; ${versions.join(', ')}`,
  };
}

function installedVersion(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
