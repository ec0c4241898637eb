import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { serviceArguments } from '../../src/cli/serve.ts';
import { startTestService } from '../support/service.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const { version, license } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;

describe('Dockerfile', () => {
  it('needs nothing but the base image', () => {
    assert.doesNotMatch(dockerfile, /^#\s*syntax=/m);
    assert.doesNotMatch(dockerfile, /<<-?['"]?[A-Z]+/);
    assert.match(dockerfile, /^ARG BASE=node:24-bookworm-slim$/m);
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    assert.deepEqual(bases, ['${BASE}', '${BASE}']);
  });

  it('installs what production needs, from the lockfile, and runs no script of a package', () => {
    const installs = dockerfile.match(/^RUN npm (ci|install).*$/gm);
    assert.deepEqual(installs, ['RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund']);
  });

  it('drops root before it starts and hands signals to the service', () => {
    assert.match(dockerfile, /^USER node$/m);
    assert.match(dockerfile, /^STOPSIGNAL SIGTERM$/m);
    assert.match(
      dockerfile,
      /^CMD \["node", "--require", ".\/src\/require-node.cjs", "--max-semi-space-size=16", "--import", ".\/otel\/register.ts", "src\/server.ts"\]$/m,
    );
  });

  it('starts as `vigia serve` does, and has that command', () => {
    const command = /^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]';
    assert.deepEqual(JSON.parse(command), ['node', ...serviceArguments]);
    assert.match(dockerfile, /^RUN ln -s \/app\/bin\/vigia.cjs \/usr\/local\/bin\/vigia$/m);
  });

  it('asks the service for its health at its port, with or without blanks around it', async () => {
    const service = await startTestService();
    try {
      const { port } = new URL(service.api);
      const [, text] = /^HEALTHCHECK[^[]+CMD (\[.*\])$/m.exec(dockerfile) ?? [];
      const [command, ...args] = JSON.parse(text) as string[];
      const health = (PORT: string) =>
        spawnSync(command, args, { env: { ...process.env, PORT }, encoding: 'utf8' });
      for (const PORT of [port, ` ${port} `, `${port}\r`]) {
        const { status, stderr } = health(PORT);
        assert.equal(status, 0, `${JSON.stringify(PORT)} ${stderr}`);
      }
      await service.signal('SIGKILL');
      assert.equal(health(port).status, 1);
    } finally {
      await service.stop();
    }
  });

  it('is labelled with the version and licence of the package, as are those who run it', () => {
    assert.match(dockerfile, new RegExp(`^ARG VERSION=${version}$`, 'm'));
    assert.match(dockerfile, new RegExp(`image\\.licenses="${license}"`));
    const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
      services: { app: { image: string } };
    };
    assert.equal(compose.services.app.image, `vigia:${version}`);
  });
});

describe('.dockerignore', () => {
  it('lets through only what the image runs', () => {
    const lines = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    assert.equal(lines[0], '*');
    const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    assert.deepEqual(allowed, [
      'LICENSE',
      'bin',
      'package.json',
      'package-lock.json',
      'models',
      'otel',
      'docs',
      'docs/*.md',
      'docs/reference',
      'src',
    ]);
  });
});
