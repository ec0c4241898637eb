import { spawn } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from './free-port.ts';
import { eventually } from './service.ts';

export type TestRegistry = {
  /** Host and port. */
  readonly address: string;
  /** Pushes a new image, by default one for two platforms, and returns the digest that the tag then has. */
  push(name: string, tag: string, options?: { readonly platforms: 1 | 2 }): Promise<string>;
  stop(): Promise<void>;
};

const digestOf = (bytes: Buffer) => `sha256:${hash('sha256', bytes)}`;
const type = (kind: string) => `application/vnd.oci.image.${kind}+json`;

/** Starts Docker's own registry, empty. */
export async function startRegistry(program: string): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  const storage = { filesystem: { rootdirectory: folder } };
  writeFileSync(
    config,
    stringify({ version: 0.1, log: { level: 'error' }, storage, http: { addr: address } }),
  );
  const child = spawn(program, ['serve', config], { stdio: 'ignore', env: { OTEL_TRACES_EXPORTER: 'none' } });
  const exited = once(child, 'exit');
  await eventually(async () => {
    if (!(await fetch(`http://${address}/v2/`)).ok) throw new Error('is not up');
  });

  async function put(url: string, body: Buffer, contentType: string): Promise<void> {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': contentType },
      body: new Uint8Array(body),
    });
    if (response.status !== 201) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  }

  async function pushBlob(repository: string, bytes: Buffer) {
    const { headers } = await fetch(`${repository}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(headers.get('location') ?? '', repository);
    location.searchParams.set('digest', digestOf(bytes));
    await put(location.href, bytes, 'application/octet-stream');
    return { digest: digestOf(bytes), size: bytes.length };
  }

  return {
    address,
    async push(name, tag, { platforms } = { platforms: 2 }) {
      const repository = `http://${address}/v2/${name}`;
      const manifests = [];
      for (const architecture of ['amd64', 'arm64']) {
        const config = Buffer.from(
          JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }),
        );
        const manifest = Buffer.from(
          JSON.stringify({
            schemaVersion: 2,
            mediaType: type('manifest.v1'),
            config: { mediaType: type('config.v1'), ...(await pushBlob(repository, config)) },
            layers: [],
            annotations: { build: randomBytes(8).toString('hex') },
          }),
        );
        const digest = digestOf(manifest);
        await put(`${repository}/manifests/${platforms === 1 ? tag : digest}`, manifest, type('manifest.v1'));
        if (platforms === 1) return digest;
        const platform = { architecture, os: 'linux' };
        manifests.push({ mediaType: type('manifest.v1'), digest, size: manifest.length, platform });
      }
      const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type('index.v1'), manifests }));
      await put(`${repository}/manifests/${tag}`, index, type('index.v1'));
      return digestOf(index);
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
