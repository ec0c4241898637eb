import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertAllRight, metric, startLoad } from '../support/load.ts';
import { eventually, readJsonLines, startTestService } from '../support/service.ts';

/** The lines of a JSONL file that have their line end. */
async function readWholeLines(path: string): Promise<{ id: string }[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** What a client may see when a service goes away: its connection, or the next one, fails. */
const gone = new Set(['CLOSED', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE']);

describe('an end under load', () => {
  it('by SIGTERM loses nothing that was answered, and answers everything accepted', async () => {
    const service = await startTestService();
    try {
      const ids: string[] = [];
      const load = startLoad(service.api, { workers: 32, onPrediction: (id) => ids.push(id) });
      await eventually(() => assert.ok(ids.length > 2000));
      const { code } = await service.signal('SIGTERM');
      const { statuses, errors, wrong, answers } = await load.stop();
      assert.equal(code, 0);
      assert.deepEqual({ statuses, wrong }, { statuses: { 200: answers }, wrong: [] });
      for (const error of Object.keys(errors)) assert.ok(gone.has(error), error);
      const kept = new Set((await readJsonLines(service.samplesPath)).map(({ id }) => id));
      assert.deepEqual(
        ids.filter((id) => !kept.has(id)),
        [],
        'every prediction that was answered is among the samples',
      );
      const logged = service.logLines().filter(({ event }) => event === 'predict');
      assert.equal(logged.length, kept.size, 'and each has its log line');
      // a prediction whose connection broke during its answer is stored, too, but nobody has its id
      assert.ok(kept.size - ids.length <= 32, `${kept.size - ids.length} were taken and not answered`);
    } finally {
      await service.stop();
    }
  });

  it('by SIGKILL loses at most what was not yet flushed; a restart repairs the torn line and continues', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const first = await startTestService({}, folder);
    const load = startLoad(first.api);
    const written = await eventually(async () => {
      const lines = await metric(first, 'samples_written_total');
      assert.ok(lines > 4000);
      return lines;
    });
    await first.signal('SIGKILL');
    await load.stop();
    // the end may come in the middle of a write, so the last line may already be torn
    const kept = new Set((await readWholeLines(first.samplesPath)).map(({ id }) => id));
    assert.ok(kept.size >= written, `${kept.size} of the ${written} that were written are there`);
    // and if it is not, it is now
    await appendFile(first.samplesPath, '{"time":"2026-01-31T12:00:00.000Z","id":"tor');

    const second = await startTestService({}, folder);
    try {
      assertAllRight(await startLoad(second.api, { count: 500 }).done);
      await second.signal('SIGTERM');
      const samples = await readJsonLines(second.samplesPath);
      assert.equal(samples.length, kept.size + 500);
      assert.ok(
        [...kept].every((id, i) => samples[i].id === id),
        'what was kept stays as it was',
      );
    } finally {
      await second.stop();
    }
  });
});
