import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };
import { root } from './support/service.ts';

type LockedPackage = { version?: string; integrity?: string; hasInstallScript?: boolean; dev?: boolean };

const optional: Record<string, unknown> = manifest.peerDependenciesMeta;
/** Those that npm installs with it, or expects beside it. */
const production = [
  ...Object.keys(manifest.dependencies),
  ...Object.keys(manifest.peerDependencies).filter((name) => !(name in optional)),
];
/** Peers are among them only to be installed here. */
const development = Object.keys(manifest.devDependencies).filter((name) => !production.includes(name));
const locked: Record<string, LockedPackage> = lock.packages;

/** What the service was asked to be built on. */
const foundations = [
  'koa',
  '@koa/router',
  '@opentelemetry/sdk-node',
  '@opentelemetry/auto-instrumentations-node',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/exporter-trace-otlp-http',
  'ml-logistic-regression',
];

describe('the dependencies', () => {
  it('are each explained in docs/dependencies.md, and no other is', async () => {
    const text = await readFile(join(root, 'docs/dependencies.md'), 'utf8');
    const [, inProduction, inDevelopment] = text.split(/^## .*$/m);
    assertExplained(inProduction, production);
    assertExplained(inDevelopment, development);
  });

  it('are as many in production as the documents say, to the nearest ten', async () => {
    const inProduction = Object.entries(locked).filter(([path, { dev }]) => path !== '' && dev !== true);
    for (const name of ['docs/dependencies.md', 'docs/security.md']) {
      const [, said] =
        /some (\d+)(?: packages|, counted)/.exec(await readFile(join(root, name), 'utf8')) ?? [];
      assert.equal(Number(said), Math.round(inProduction.length / 10) * 10, name);
    }
  });

  it('are pinned by the lockfile: each package to one version and its digest', () => {
    const { '': project, ...packages } = locked as typeof locked & { '': Partial<typeof manifest> };
    assert.deepEqual(project.dependencies, manifest.dependencies);
    assert.deepEqual(project.devDependencies, manifest.devDependencies);
    for (const [path, { version, integrity }] of Object.entries(packages)) {
      assert.match(version ?? '', /^\d+\.\d+\.\d+/, path);
      assert.match(integrity ?? '', /^sha512-/, path);
    }
  });

  it('run no script when they are installed that `allowScripts` does not judge', () => {
    const withScript = Object.entries(locked)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.split('node_modules/').at(-1));
    assert.deepEqual(withScript.sort(), Object.keys(manifest.allowScripts).sort());
    assert.ok(production.every((name) => !withScript.includes(name)));
  });

  it('of development are not needed by what runs, which is built on what it was asked to be', async () => {
    const imported = new Set<string>();
    for await (const path of glob(['src/**/*.ts', 'otel/*.ts'], { cwd: root })) {
      const source = await readFile(join(root, path), 'utf8');
      for (const [, name] of source.matchAll(
        /^(?:import|export) (?!type )(?:[^';]*? from )?'((?:@[\w-]+\/)?[\w-]+)(?:\/[^']*)?';$/gm,
      )) {
        imported.add(name);
      }
    }
    for (const name of foundations) assert.ok(imported.has(name), `${name} is imported`);
    assert.deepEqual(
      [...imported].filter((name) => !production.includes(name)),
      [],
    );
  });
});

/** The first column of a section's table names each package once; `@types/*` stands for all that begin so. */
function assertExplained(section: string, packages: readonly string[]): void {
  const named = [...section.matchAll(/^\| (?!package )([@a-z][^|]*) \|/gm)].flatMap(([, names]) =>
    names.split(', '),
  );
  const stands = (name: string) => (one: string) =>
    name.endsWith('/*') ? one.startsWith(name.slice(0, -1)) : one === name;
  for (const one of packages) {
    assert.equal(named.filter((name) => stands(name)(one)).length, 1, `${one} is to be explained once`);
  }
  for (const name of named)
    assert.ok(packages.some(stands(name)), `${name} is explained and no dependency here`);
}
