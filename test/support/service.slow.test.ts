import assert from 'node:assert/strict';
import { run } from '../samples/support/child.ts';
import { eventually, postJson, root, startTestService } from './service.ts';
import { temporaryFolder } from './temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };

describe('the service that tests start', () => {
  it('has written all its output when it has ended', async () => {
    const service = await startTestService();
    try {
      // as on a busy machine: more than the stream reads ahead, less than a pipe holds
      service.process.stdout?.pause();
      service.process.once('exit', () => service.process.stdout?.resume());
      for (let i = 0; i < 250; i++) await postJson(`${service.api}/predict`, row);
      await service.signal('SIGTERM');
      assert.equal(service.logLines().filter(({ event }) => event === 'predict').length, 250);
    } finally {
      await service.stop();
    }
  });

  it('ends with the tests that have left it behind, and does not prevent them from ending', async () => {
    await using folder = await temporaryFolder();
    const program = `${root}test/support/programs/leave-service.ts`;
    const pid = Number(await run(process.execPath, [program, folder.path]));
    assert.ok(pid > 0);
    await eventually(() => assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }));
  });
});
