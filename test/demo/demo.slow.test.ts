import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually, root } from '../support/service.ts';
import { childOf } from '../support/signals.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('npm run demo', () => {
  const children: ChildProcess[] = [];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  /** Starts it in the test's folder, as somebody with settings of their own would. */
  function start(args: string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(root, 'bin/vigia.cjs'), 'demo', ...args], {
      cwd: folder.path,
      env: {
        ...process.env,
        TMPDIR: folder.path,
        PORT: '0',
        ADMIN_PORT: '0',
        MODEL_PATH: 'missing.json',
        SAMPLES_PATH: join(folder.path, 'mine.jsonl'),
        OTEL_TRACES_SAMPLER: 'nonsense',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
    }
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    return {
      text: () => text,
      pid: child.pid ?? 0,
      /** Waits until this is said. */
      said: (what: RegExp) => eventually(() => assert.match(text, what), 60_000),
      async signal(name: NodeJS.Signals) {
        child.kill(name);
        const [code] = await closed;
        return code;
      },
      ended: async () => (await closed)[0],
    };
  }
  const adminOf = (text: string) => /Open (\S+)\/$/m.exec(text)?.[1] ?? assert.fail(text);
  const isGone = (url: string) => eventually(() => assert.rejects(fetch(`${url}/health`)));

  it('finds no drift, then the change, and says at the end what was seen and what comes next', async () => {
    const demo = start(['--after', '1s']);
    await demo.said(/each with its outcome: no drift\.\nIn 1 s "limit" will arrive in another unit/);
    const admin = adminOf(demo.text());
    assert.equal((await fetch(`${admin}/health`)).status, 200);
    await demo.said(
      /\nDrift detected \d+ s after the change:\n {2}limit, PSI \d\.\d{3} \(threshold 0\.1\d\d\)\n/,
    );
    const { windows } = (await (await fetch(`${admin}/drift`)).json()) as any;
    const drifting = windows['10m'].features.filter(({ verdict }: any) => verdict === 'drifting');
    assert.deepEqual(
      drifting.map(({ name }: any) => name),
      ['limit'],
    );
    const page = await (await fetch(`${admin}/`, { headers: { accept: 'text/html' } })).text();
    const samples = /--live<\/span> (\S+\.jsonl)/.exec(page)?.[1] ?? assert.fail('the page names no samples');
    assert.ok(samples.startsWith(folder.path));
    assert.ok((await readFile(samples, 'utf8')).includes('"score"'));
    // an outcome of a changed row takes up to 1.5 s
    await eventually(async () => {
      const { models } = (await (await fetch(`${admin}/performance`)).json()) as any;
      const { samples, accuracy } = models[0].sinceStart.realised;
      assert.ok(samples > 630 && accuracy.value < 0.72, `${samples} ${accuracy.value}`);
    }, 20_000);
    assert.equal(await demo.signal('SIGINT'), 0, demo.text());
    const [, end] = demo.text().split('What you saw');
    assert.match(end, /^\n {2}[\d,]+ requests, and [\d,]+ outcomes that came back\.\n/);
    assert.match(end, /Drift of "limit", detected \d+ s after it changed, without any outcome\./);
    const [, before, since] =
      /Correct predictions: (\d+) % before the change, (\d+) % after it/.exec(end) ?? [];
    assert.ok(Number(before) > 65 && Number(since) < 50, end);
    assert.match(end, /\nNext\n {2}Your own data/);
    await isGone(admin);
    assert.deepEqual(await readdir(folder.path), [], 'nothing is left');
  });

  it('takes another port where one is in use, and ends at once when it is asked to', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const demo = start([], { ADMIN_PORT: String(port) });
    await demo.said(/\n$/);
    await demo.said(new RegExp(`Port ${port} is in use, so the service uses another one\\.`));
    const admin = adminOf(demo.text());
    assert.notEqual(new URL(admin).port, String(port));
    assert.equal(await demo.signal('SIGTERM'), 0, demo.text());
    assert.match(demo.text(), /You ended it before "limit" changed\./);
    await isGone(admin);
    assert.deepEqual(await readdir(folder.path), []);
    other.close();
  });

  it('leaves no service and no files behind when it is killed, or its terminal is closed', async () => {
    for (const signal of ['SIGKILL', 'SIGHUP'] as const) {
      const demo = start([]);
      await demo.said(/Open http/);
      await demo.signal(signal);
      await isGone(adminOf(demo.text()));
      await eventually(async () => assert.deepEqual(await readdir(folder.path), [], signal));
    }
  });

  it('says that the service has ended, and fails, leaving nothing behind', async () => {
    for (const when of [/Open http/, /"limit" now arrives/]) {
      const demo = start(['--after', '1s']);
      await demo.said(when);
      process.kill(childOf(demo.pid) ?? assert.fail('no service'), 'SIGKILL');
      assert.equal(await demo.ended(), 1, demo.text());
      assert.match(demo.text(), /\n(?:the service has ended: SIGKILL|http:\S+: no answer \(\w+\))\n$/);
      assert.deepEqual(await readdir(folder.path), []);
    }
  });

  it('refuses a time that is none', async () => {
    const demo = start(['--after', 'soon']);
    assert.equal(await demo.ended(), 2);
    assert.match(demo.text(), /^--after is a time such as 90s, 5m or 1h, not 'soon'/);
  });
});
