import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { eventually, root } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

/** Runs within the container. */
async function predict(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const { status } = await fetch('http://127.0.0.1:8000/predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"age":30,"limit":2000,"history":"good"}',
    });
    if (status !== 200) throw new Error(`answered with ${status}`);
  }
}

/** Runs within another container that has the volumes of the first. */
function countSamples(): void {
  const { globSync, readFileSync } = process.getBuiltinModule('node:fs');
  const lines = globSync('/app/logs/**/input_samples*.jsonl').flatMap((path) =>
    readFileSync(path, 'utf8').split('\n').filter(Boolean),
  );
  process.stdout.write(String(lines.length));
}

describe('docker stop, in a container without an init', () => {
  const name = `vigia-stop-${randomUUID()}`;
  let run: (...args: string[]) => Promise<string>;

  before(async function () {
    this.timeout(1_200_000);
    const docker = requireTool(this, 'docker engine');
    run = async (...args) => {
      const { stdout, stderr } = await promisify(execFile)(docker, args, { cwd: root, maxBuffer: 2 ** 26 });
      return args[0] === 'logs' ? stdout + stderr : stdout.trim();
    };
    await run('build', '--quiet', '--tag', name, '.');
  });
  after(async () => {
    await run?.('rm', '--force', '--volumes', name).catch(() => {});
    await run?.('image', 'rm', name).catch(() => {});
  });

  it('ends the service, as process 1, with 0 and nothing lost', async () => {
    await run('run', '--detach', '--name', name, name);
    await eventually(async () => assert.match(await run('logs', name), /^Try /m), 60_000);
    await run('exec', name, 'node', '-e', `(${predict})()`);
    await run('stop', name);
    assert.equal(await run('inspect', '--format', '{{.State.ExitCode}}', name), '0');
    assert.equal((await run('logs', name)).match(/"event":"predict"/g)?.length, 20);
    const counted = await run(
      'run',
      '--rm',
      '--volumes-from',
      name,
      name,
      'node',
      '-e',
      `(${countSamples})()`,
    );
    assert.equal(counted, '20');
  });
});
