import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import lock from '../../package-lock.json' with { type: 'json' };
import { requireTool } from '../support/tools.ts';

type Package = { readonly name?: string; readonly version: string; readonly dev?: boolean };
type Component = { readonly purl: string; readonly hashes?: readonly { readonly alg: string }[] };

describe('npm run sbom', () => {
  it('lists every package of production with its hash, those that development uses too, and no other', function () {
    const npm = requireTool(this, 'npm');
    const stdout = execFileSync(npm, ['run', '--silent', 'sbom'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const { bomFormat, metadata, components } = JSON.parse(stdout) as {
      bomFormat: string;
      metadata: { component: { name: string } };
      components: Component[];
    };
    assert.equal(bomFormat, 'CycloneDX');
    assert.equal(metadata.component.name, 'vigia');
    const purl = ([path, { name, version }]: [string, Package]) =>
      `pkg:npm/${(name ?? path.split('node_modules/').at(-1) ?? '').replace('@', '%40')}@${version}`;
    const production = Object.entries(lock.packages as Record<string, Package>).filter(
      ([path, { dev }]) => path !== '' && dev !== true,
    );
    assert.deepEqual(
      [...new Set(components.map((one) => one.purl))].sort(),
      [...new Set(production.map(purl))].sort(),
    );
    assert.ok(components.some((one) => one.purl.startsWith('pkg:npm/ajv@')));
    for (const { purl, hashes } of components) assert.equal(hashes?.[0]?.alg, 'SHA-512', purl);
  });
});
