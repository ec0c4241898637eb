import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDriftSteps, historyStepMs } from '../../src/history/drift-steps.ts';
import { historyPath, openDriftHistory } from '../../src/history/open-drift-history.ts';
import type { Reference } from '../../src/model/reference.ts';
import { liveDrift } from '../../src/monitor/live-drift.ts';
import { createMonitor, type Monitor } from '../../src/monitor/monitor.ts';
import { eventually } from '../support/service.ts';
import { assertShortTurns } from '../support/short-turns.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;
// a step that has just begun: a file whose lines are hours old is put away
const startMs = Math.floor(Date.now() / historyStepMs) * historyStepMs;
const reference: Reference = {
  model: 'm',
  version: '1',
  features: [
    { name: 'height', bins: { kind: 'numeric', edges: [10, 20] }, counts: [300, 400, 300, 0] },
    {
      name: 'colour',
      bins: { kind: 'categorical', categories: ['red'], grouped: ['grey'] },
      counts: [900, 50, 0, 50],
    },
  ],
  score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [600, 400, 0] },
};

function observed(rows: number, height: number): Monitor {
  const monitor = createMonitor(reference, () => 0);
  for (let i = 0; i < rows; i++) monitor.observe({ height, colour: 'red' }, 0.3);
  return monitor;
}

describe('the history of drift', () => {
  it('holds the PSI, the noise ceiling and the verdict of the last hour at each step, as /drift has them', () => {
    const steps = createDriftSteps();
    const monitor = observed(500, 5);
    const drifts = liveDrift(monitor, '1h');
    const psi = drifts.map((drift) => drift.psi);
    steps.add({ model: 'm', version: '1', timeMs: startMs, samples: 500, psi });
    for (const [place, drift] of drifts.entries()) {
      assert.deepEqual(steps.psiOverTime(monitor, place, startMs), [
        {
          from: new Date(startMs - historyStepMs).toISOString(),
          samples: 500,
          psi: drift.psi,
          psiNoiseCeiling: drift.psiNoiseCeiling,
          verdict: drift.verdict,
        },
      ]);
    }
    assert.equal(drifts[0].verdict, 'drifting');
  });

  it('forgets steps older than a day or later than a clock that was set back, and versions without a step', () => {
    const steps = createDriftSteps();
    const monitor = observed(0, 0);
    const times = (nowMs: number) =>
      steps.psiOverTime(monitor, 0, nowMs).map(({ from }) => Date.parse(from) + historyStepMs);
    const add = (timeMs: number, version = '1') =>
      steps.add({ model: 'm', version, timeMs, samples: 0, psi: [null, null, null] });
    for (let i = 0; i <= 300; i++) add(startMs + i * historyStepMs);
    const endMs = startMs + 300 * historyStepMs;
    assert.equal(times(endMs).length, dayMs / historyStepMs);
    assert.deepEqual(times(endMs + dayMs), []);
    add(endMs - 2 * historyStepMs);
    assert.equal(times(endMs).at(-1), endMs - 2 * historyStepMs);
    // of a file in which another number of features goes by the same version
    steps.add({ model: 'm', version: '1', timeMs: endMs, samples: 0, psi: [null] });
    assert.equal(times(endMs).at(-1), endMs - 2 * historyStepMs);
    add(endMs + 2 * dayMs, '2');
    add(endMs, '1');
    assert.deepEqual(times(endMs), [endMs]);
  });

  it('keeps one step for each five minutes, and reads a crowded file in short turns', async () => {
    await using folder = await temporaryFolder();
    const samplesPath = join(folder.path, 's.jsonl');
    const monitor = observed(0, 0);
    const line = (i: number) =>
      JSON.stringify({
        time: new Date(startMs - dayMs + i * 2000).toISOString(),
        model: 'm',
        version: '1',
        samples: i,
        psi: [null, null, null],
      });
    await writeFile(historyPath(samplesPath), Array.from({ length: 43_200 }, (_, i) => line(i)).join('\n'));
    await assertShortTurns(200, async () => {
      const history = openDriftHistory(samplesPath, () => {});
      await history.read;
      const steps = history.psiOverTime(monitor, 0, startMs);
      assert.equal(steps.length, dayMs / historyStepMs);
      assert.equal(steps.at(-1)?.samples, 43_199);
      await history.close();
    });
  });

  it('outlives the process, in a hidden file next to the samples that others may not read', async () => {
    await using folder = await temporaryFolder();
    const problems: string[] = [];
    const samplesPath = join(folder.path, 'logs', 'input_samples.jsonl');
    const monitor = observed(500, 5);
    const first = openDriftHistory(samplesPath, (problem) => problems.push(problem));
    first.addStep(monitor, startMs);
    await first.close();
    const path = historyPath(samplesPath);
    assert.equal(path, join(folder.path, 'logs', '.input_samples.drift-history.jsonl'));
    assert.equal((await stat(path)).mode & 0o007, 0);
    const second = openDriftHistory(samplesPath, (problem) => problems.push(problem));
    second.addStep(monitor, startMs + historyStepMs);
    await second.close();
    assert.deepEqual(
      second.psiOverTime(monitor, 0, startMs + historyStepMs).map(({ verdict }) => verdict),
      ['drifting', 'drifting'],
    );
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.deepEqual(Object.keys(JSON.parse(lines[0])), ['time', 'model', 'version', 'samples', 'psi']);
    assert.deepEqual(problems, []);
  });

  it('loses only the damaged lines of a file, and reports that once', async () => {
    await using folder = await temporaryFolder();
    const samplesPath = join(folder.path, 's.jsonl');
    const problems: string[] = [];
    const monitor = observed(500, 5);
    const first = openDriftHistory(samplesPath, () => {});
    first.addStep(monitor, startMs);
    await first.close();
    await appendFile(
      historyPath(samplesPath),
      `rubbish\n${JSON.stringify({ time: new Date(startMs), psi: 0 })}\n{"torn`,
    );
    const second = openDriftHistory(samplesPath, (problem) => problems.push(problem));
    await second.read;
    assert.equal(second.psiOverTime(monitor, 0, startMs).length, 1);
    assert.deepEqual(problems, [
      `${historyPath(samplesPath)}: 3 of 4 lines cannot be used: the charts of drift over time lack these steps`,
    ]);
    second.addStep(monitor, startMs + historyStepMs);
    await second.close();
    const third = openDriftHistory(samplesPath, () => {});
    await third.read;
    assert.equal(third.psiOverTime(monitor, 0, startMs + historyStepMs).length, 2);
    await third.close();
  });

  it('stays small, however much is written', async () => {
    await using folder = await temporaryFolder();
    const samplesPath = join(folder.path, 's.jsonl');
    const monitor = observed(1, 5);
    const psi = Array<null>(100_000).fill(null);
    const line = JSON.stringify({ time: new Date(startMs), model: 'm', version: '0', samples: 0, psi });
    for (let i = 0; i < 5; i++) {
      await appendFile(historyPath(samplesPath), `${line}\n`.repeat(9));
      const history = openDriftHistory(samplesPath, assert.fail);
      history.addStep(monitor, startMs + i * historyStepMs);
      await history.close();
    }
    const names = (await readdir(folder.path)).filter((name) => name.endsWith('.jsonl'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder.path, name))).size));
    assert.equal(sizes.length, 3);
    assert.ok(Math.max(...sizes) < 5_000_000, `${sizes} bytes`);
  });

  it('is written by one process of those that use a path, and by the next when that has ended', async () => {
    await using folder = await temporaryFolder();
    const samplesPath = join(folder.path, 's.jsonl');
    const monitor = observed(1, 5);
    const lines = async () => (await readFile(historyPath(samplesPath), 'utf8')).trimEnd().split('\n').length;
    const one = openDriftHistory(samplesPath, assert.fail);
    one.addStep(monitor, startMs);
    await eventually(async () => assert.equal(await lines(), 1));
    const other = openDriftHistory(samplesPath, assert.fail);
    other.addStep(monitor, startMs + historyStepMs);
    await eventually(() => assert.equal(other.psiOverTime(monitor, 0, startMs + historyStepMs).length, 2));
    await one.close();
    assert.equal(await lines(), 1);
    other.addStep(monitor, startMs + 2 * historyStepMs);
    await other.close();
    assert.equal(await lines(), 2);
  });

  it('stores nothing next to a device, and reports once if it cannot be stored', async () => {
    const device = openDriftHistory('/dev/null', assert.fail);
    const monitor = observed(1, 5);
    device.addStep(monitor, startMs);
    await device.close();
    assert.equal(device.psiOverTime(monitor, 0, startMs).length, 1);
    await assert.rejects(stat(historyPath('/dev/null')));
    await using folder = await temporaryFolder();
    const problems: string[] = [];
    await folder.write('logs', 'a file');
    const broken = openDriftHistory(join(folder.path, 'logs', 's.jsonl'), (said) => problems.push(said));
    for (let i = 0; i < 3; i++) broken.addStep(monitor, startMs + i * historyStepMs);
    await broken.close();
    assert.equal(broken.psiOverTime(monitor, 0, startMs + 2 * historyStepMs).length, 3);
    assert.equal(problems.filter((problem) => problem.includes('the next process will not know')).length, 1);
    assert.ok(problems.length <= 2, problems.join('\n'));
  });
});
