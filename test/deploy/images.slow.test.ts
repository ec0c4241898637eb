import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  composeFile,
  digestsFile,
  imagesOf,
  readDigests,
  renderDigests,
} from '../../deploy/images/digests.ts';
import { askDigest, parseReference } from '../../deploy/images/registry.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { root } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

describe(digestsFile, () => {
  const compose = readFileSync(composeFile, 'utf8');
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const text = readFileSync(digestsFile, 'utf8');

  it('pins the image of every service, by the tag of the compose file or the Dockerfile', () => {
    const images = imagesOf(compose, dockerfile);
    const pinned = readDigests(text);
    assert.deepEqual([...pinned.keys()], [...images.keys()]);
    for (const [service, image] of pinned) {
      assert.match(image, /@sha256:[0-9a-f]{64}$/, service);
      assert.equal(image.split('@')[0], images.get(service), `${service}: run \`npm run images\``);
    }
    assert.match(images.get('app') ?? '', /^node:/);
  });

  it('is what `npm run images` writes', () => {
    const images = imagesOf(compose, dockerfile);
    const digests = new Map(
      [...readDigests(text).values()].map((image) => image.split('@') as [string, string]),
    );
    assert.equal(renderDigests(compose, images, digests), text);
  });

  it('leaves out no base image', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    assert.deepEqual([...new Set(bases)], ['${BASE}']);
  });

  it('is what Docker Compose uses once it is laid over the other', async function () {
    requireTool(this, 'docker compose');
    const stdout = await new Promise<string>((resolve, reject) =>
      execFile(
        'docker',
        ['compose', '-f', composeFile, '-f', digestsFile, '--profile', '*', 'config'],
        { env: { PATH: process.env.PATH, HOME: process.env.HOME, COMPOSE_DISABLE_ENV_FILE: '1' } },
        (error, out) => (error ? reject(error) : resolve(out)),
      ),
    );
    const { services } = parse(stdout) as {
      services: Record<string, { image: string; build?: { args: { BASE: string } } }>;
    };
    for (const [service, image] of readDigests(text)) {
      const { build } = services[service];
      assert.equal(build ? build.args.BASE : services[service].image, image);
    }
  });
});

describe('the name of an image', () => {
  for (const [image, registry, repository, tag] of [
    ['node:24-bookworm-slim', 'registry-1.docker.io', 'library/node', '24-bookworm-slim'],
    ['prom/prometheus:v3.13.4', 'registry-1.docker.io', 'prom/prometheus', 'v3.13.4'],
    ['docker.io/library/node:24', 'registry-1.docker.io', 'library/node', '24'],
    ['quay.io/prometheus/prometheus:v3', 'quay.io', 'prometheus/prometheus', 'v3'],
    ['localhost/one:1', 'localhost', 'one', '1'],
    ['registry.example:5000/a/b/c:1.2.3', 'registry.example:5000', 'a/b/c', '1.2.3'],
  ]) {
    it(`is read as Docker does: ${image}`, () => {
      assert.deepEqual(parseReference(image), { registry, repository, tag });
    });
  }

  for (const image of ['node', 'prom/prometheus', 'localhost:5000/one', 'node:24@sha256:0', '', 'NODE:24']) {
    it(`is refused without a tag alone: "${image}"`, () => {
      assert.throws(() => parseReference(image), /must be a name and a tag/);
    });
  }
});

describe('npm run images', () => {
  let registry: TestRegistry;
  let folder: string;
  before(async function () {
    registry = await startRegistry(requireTool(this, 'docker-registry'));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-images-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  after(() => registry?.stop());

  type Ended = { code: number; stdout: string; stderr: string };
  const renew = (...args: string[]) =>
    new Promise<Ended>((resolve) => {
      const program = join(root, 'deploy/images/renew.ts');
      execFile(process.execPath, [program, ...args], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const path = () => join(folder, digestsFile);
  const write = (store: string, base: string) => {
    writeFileSync(
      join(folder, composeFile),
      `services:\n  app: { build: ., image: "own:1" }\n  store: { image: "${store}" }\n`,
    );
    writeFileSync(join(folder, 'Dockerfile'), `ARG BASE=${base}\nFROM \${BASE}\n`);
  };

  it('writes the digests that the tags have, and again when a tag was moved', async () => {
    const [store, base] = [`${registry.address}/some/store:1.2`, `${registry.address}/base:24`];
    const digests = [await registry.push('some/store', '1.2'), await registry.push('base', '24')];
    write(store, base);
    const first = await renew();
    assert.deepEqual([first.code, first.stderr], [0, '']);
    const expected = new Map([
      ['app', `${base}@${digests[1]}`],
      ['store', `${store}@${digests[0]}`],
    ]);
    assert.deepEqual(readDigests(readFileSync(path(), 'utf8')), expected);
    assert.equal((await renew('--check')).code, 0);

    const moved = await registry.push('base', '24');
    assert.notEqual(moved, digests[1]);
    const stale = await renew('--check');
    assert.equal(stale.code, 1);
    assert.match(stale.stdout, new RegExp(`^app: ${base}@${moved}, not ${base}@${digests[1]}$`, 'm'));
    assert.doesNotMatch(stale.stdout, /^store/m);
    assert.deepEqual(readDigests(readFileSync(path(), 'utf8')), expected, 'left alone');
    assert.equal((await renew()).code, 0);
    assert.equal(readDigests(readFileSync(path(), 'utf8')).get('app'), `${base}@${moved}`);
    assert.equal((await renew('--check')).code, 0);
  });

  it('finds a file stale that lacks a service, has another tag, or one too many', async () => {
    for (const [name, tag] of [
      ['one', '1'],
      ['one', '2'],
      ['base', '24'],
    ]) {
      await registry.push(name, tag);
    }
    write(`${registry.address}/one:1`, `${registry.address}/base:24`);
    assert.equal((await renew('--check')).code, 1);
    assert.equal(existsSync(path()), false);
    await renew();
    write(`${registry.address}/one:2`, `${registry.address}/base:24`);
    assert.equal((await renew('--check')).code, 1);
    await renew();
    writeFileSync(path(), `${readFileSync(path(), 'utf8')}  gone:\n    image: gone:1@sha256:0\n`);
    const { code, stdout } = await renew('--check');
    assert.equal(code, 1);
    assert.match(stdout, /^gone: is no service of docker-compose\.yml$/m);
  });

  it('writes nothing when an image cannot be found, and says which', async () => {
    await registry.push('base', '24');
    await registry.push('single', '1', { platforms: 1 });
    for (const [image, message] of [
      [`${registry.address}/base:25`, /base:25: 127\.0\.0\.1:\d+ answers with 404\n$/],
      [`${registry.address}/single:1`, /single:1: is for one platform only/],
      ['127.0.0.1:1/away:1', /^127\.0\.0\.1:1\/away:1: 127\.0\.0\.1:1 does not answer: /],
      [`${registry.address}/base`, /base: must be a name and a tag/],
    ] as const) {
      write(image, `${registry.address}/base:24`);
      const { code, stderr } = await renew();
      assert.equal(code, 1, image);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.equal(existsSync(path()), false);
    }
    assert.equal((await renew('--chek')).code, 2);
  });

  describe('at a registry that wants a token', () => {
    let front: Server;
    const scopes: (string | null)[] = [];
    before(async () => {
      front = createServer(async ({ url = '', method = '', headers, socket }, response) => {
        const own = `127.0.0.1:${socket.localPort}`;
        if (url.startsWith('/token')) {
          scopes.push(new URL(url, `http://${own}`).searchParams.get('scope'));
          response.end(JSON.stringify({ token: 'let-me-in' }));
          return;
        }
        if (headers.authorization !== 'Bearer let-me-in') {
          const challenge = `Bearer realm="http://${own}/token",service="own",scope="repository:base:pull"`;
          response.writeHead(401, { 'www-authenticate': challenge }).end();
          return;
        }
        const behind = await fetch(`http://${registry.address}${url}`, {
          method,
          headers: { accept: headers.accept ?? '' },
        });
        response.writeHead(behind.status, Object.fromEntries(behind.headers)).end();
      }).listen(0, '127.0.0.1');
      await once(front, 'listening');
    });
    after(() => front?.close());

    it('asks for one, as the registry says', async () => {
      const digest = await registry.push('base', '24');
      const { port } = front.address() as AddressInfo;
      assert.equal(await askDigest(`127.0.0.1:${port}/base:24`), digest);
      assert.deepEqual(scopes, ['repository:base:pull']);
    });
  });
});
