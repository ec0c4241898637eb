import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { root } from './support/service.ts';

const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
const sections = text.split(/^## /m).slice(1);

describe('CHANGELOG.md', () => {
  it('has a section for the version of package.json, below what is not released', () => {
    assert.match(sections[0], /^\[Unreleased\]\n/);
    const versions = sections.slice(1).map((section) => {
      const [, version] = /^\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}\n/.exec(section) ?? [];
      assert.ok(version, section.split('\n')[0]);
      return version;
    });
    assert.equal(versions[0], manifest.version);
    const numbers = (version: string) => version.split('.').map(Number);
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => compare(numbers(b), numbers(a))),
      'newest first',
    );
  });

  it('uses the headings of Keep a Changelog, and says something below each', () => {
    for (const section of sections) {
      for (const part of section.split(/^### /m).slice(1)) {
        assert.match(part, /^(Added|Changed|Deprecated|Removed|Fixed|Security)\n\n- /);
      }
    }
  });

  it('links every version to what it holds', () => {
    for (const [, name] of text.matchAll(/^## \[(.+?)\]/gm))
      assert.ok(text.includes(`\n[${name}]: https://`), name);
  });
});

describe('the version', () => {
  it('is the same wherever it is stated', () => {
    const stated = {
      'docker-compose.yml': /^ +image: vigia:(.+)$/m,
      Dockerfile: /^ARG VERSION=(.+)$/m,
      'clients/python/src/vigia/_version.py': /^__version__ = "(.+)"$/m,
      'package-lock.json': /^ {2}"version": "(.+)",$/m,
      'deploy/helm/vigia/README.md': /charts\/vigia --version (\S+)`/,
      'deploy/kubernetes/README.md': /^ +docker push \S+:(.+)$/m,
      'examples/batch-parquet/package.json': /^ +"vigia": "\^(.+)"$/m,
      'examples/fastify-onnx/package.json': /^ +"vigia": "\^(.+)"$/m,
    };
    const others = Object.entries(stated)
      .map(([file, pattern]) => [file, pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1]])
      .filter(([, version]) => version !== manifest.version);
    assert.deepEqual(others, []);
  });
});

function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((part, i) => part !== b[i]);
  return i < 0 ? 0 : a[i] - b[i];
}
