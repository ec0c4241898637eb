import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJsonLines, root, seriesValue, startTestService } from '../support/service.ts';

function traffic(...args: string[]) {
  return run('bin/vigia.cjs', 'traffic', ...args);
}

function run(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
}

describe('npm run traffic -- --labels', () => {
  it('reports outcomes, with the token, some twice and some forged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-labels-'));
    const token = join(folder, 'token');
    await writeFile(token, 'a-token-for-outcomes\n');
    const service = await startTestService({
      OUTCOMES_TOKEN_FILE: token,
      OUTCOME_KEYS: 'a key that is long enough',
    });
    try {
      const { status, stdout, stderr } = traffic(
        ...['--url', service.api, '--rate', '400', '--count', '400', '--labels', '--label-url', service.api],
        ...['--label-token-file', token, '--label-delay', '1s', '--label-share', '0.5'],
        ...['--positive-share', '1', '--damaged-share', '0.2'],
      );
      assert.equal(status, 0, stderr);
      const outcomes = await readJsonLines(service.outcomesPath);
      assert.ok(outcomes.length > 140 && outcomes.length < 260, `${outcomes.length} of 400`);
      assert.ok(outcomes.every(({ outcome }) => outcome === 'bad'));
      assert.match(
        stdout,
        new RegExp(`reported \\d+ outcomes: ${outcomes.length} accepted, \\d+ duplicate, \\d+ invalid`),
      );
      const metrics = await (await fetch(`${service.admin}/metrics`)).text();
      const received = (result: string) =>
        seriesValue(metrics, 'outcomes_received_total', { result }) ?? Number.NaN;
      assert.equal(received('accepted'), outcomes.length);
      for (const result of ['duplicate', 'invalid_id']) {
        assert.ok(received(result) > 10 && received(result) < 80, `${received(result)} ${result}`);
      }
    } finally {
      await service.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('fails if nobody accepts any outcome', async () => {
    const service = await startTestService();
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port } = closed.address() as AddressInfo;
    await once(closed.close(), 'close');
    try {
      const { status, stdout } = run(
        ...['--import', './test/traffic/programs/impatient.ts', 'bin/vigia.cjs', 'traffic'],
        ...['--url', service.api, '--count', '5', '--labels', '--label-share', '1'],
        ...['--label-url', `http://127.0.0.1:${port}`],
      );
      assert.match(stdout, /5 not answered/);
      assert.equal(status, 1);
    } finally {
      await service.stop();
    }
  });

  it('says why outcomes are refused', async () => {
    const service = await startTestService();
    try {
      const args = ['--url', service.api, '--count', '5', '--labels', '--label-url', service.api];
      const { status, stderr } = traffic(...args);
      assert.equal(status, 1);
      assert.match(stderr, /outcomes: status 404.*OUTCOMES_TOKEN_FILE/);
    } finally {
      await service.stop();
    }
  });

  it('keeps no process alive if the service had ended before they began', () => {
    const program = `
      import { createLabels } from './src/traffic/labels.ts';
      createLabels({ urls: [], delayMs: 1, share: 1, damagedShare: 0, random: Math.random, signal: AbortSignal.abort() });
    `;
    const { status, stderr } = run('--input-type=module', '--eval', program);
    assert.equal(status, 0, stderr);
  });

  for (const [option, value] of [
    ['--label-share', '2'],
    ['--positive-share', ''],
    ['--damaged-share', 'x'],
    ['--label-delay', 'soon'],
    ['--label-url', 'nowhere'],
  ]) {
    it(`refuses ${option} '${value}'`, () => {
      const { status, stderr } = traffic('--labels', option, value);
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`${option} is`));
    });
  }

  it('refuses what only --labels would use', () => {
    const { status, stderr } = traffic('--positive-share', '0.5');
    assert.equal(status, 2);
    assert.match(stderr, /^--positive-share goes with --labels/);
  });
});
