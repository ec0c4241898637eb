import assert from 'node:assert/strict';
import { openSharedStore } from '../../src/outcomes/redis-store.ts';
import type { SharedStore } from '../../src/outcomes/shared-store.ts';
import { type RespServer, startRespServer } from '../support/resp-server.ts';
import { eventually } from '../support/service.ts';

// replicas of different versions share a store, so its keys and values must stay what they are
describe('what replicas say to the store that they share', () => {
  const day = '86400000';
  let store: RespServer;
  let memory: SharedStore;
  let said: string[];

  beforeEach(async () => {
    store = await startRespServer();
    said = [];
    store.behave = ([name, ...words]) => {
      // the name of a script is its hash, and a trial is of its process
      const command = [name.replace(/^EVAL.*/, 'EVAL'), ...words.slice(name.startsWith('EVAL') ? 1 : 0)];
      if (name !== 'HELLO' && name !== 'CLIENT') {
        said.push(command.join(' ').replace(/[\da-f]{8}-[\da-f-]{27}/g, 'uuid'));
      }
      return undefined;
    };
    memory = openSharedStore(store.url, {
      owner: 'me',
      owners: new Set(['former']),
      maxAgeMs: 86_399_999.5,
      onProblem: () => {},
    });
    await eventually(() => memory.getModel('none'));
    assert.equal(said.pop(), 'GET vigia:model:none');
  });
  afterEach(async () => {
    await memory.close();
    await store.close();
  });

  it('is a trial of everything, on keys of its own', () => {
    const untilMs = said.map((command) => / (\d{13})$/.exec(command)?.[1]).find(Boolean);
    assert.ok(Math.abs(Number(untilMs) - Date.now() - 5000) < 3000, untilMs);
    assert.deepEqual(said, [
      'SET vigia:outcome:trial:uuid me PX 5000 NX',
      'GET vigia:outcome:trial:uuid',
      'SET vigia:batch:trial:uuid me PX 5000 NX',
      'GET vigia:batch:trial:uuid',
      `EVAL 1 vigia:outcome:trial:uuid me confirmed me ${untilMs}`,
      'SET vigia:model:trial:uuid  PX 5000',
      'GET vigia:model:trial:uuid',
    ]);
  });

  it('is who claims an outcome for five seconds, and who has confirmed it until when', async () => {
    said.length = 0;
    assert.deepEqual(await memory.claim([255n, 16n]), ['claimed', 'claimed']);
    assert.deepEqual(await memory.confirm([255n, 16n], [5000.5, 6000], ['former']), [true, true]);
    assert.deepEqual(await memory.claim([16n]), ['own']);
    assert.deepEqual(said, [
      'SET vigia:outcome:ff me PX 5000 NX',
      'SET vigia:outcome:10 me PX 5000 NX',
      'EVAL 1 vigia:outcome:ff me confirmed former 5001',
      'EVAL 1 vigia:outcome:10 me confirmed me 6000',
      'SET vigia:outcome:10 me PX 5000 NX',
      'GET vigia:outcome:10',
    ]);
  });

  it('is nothing more once a replica has closed it', async () => {
    assert.equal(store.open, 1);
    await memory.close();
    await eventually(() => assert.equal(store.open, 0));
    await assert.rejects(memory.getModel('none'), /is unavailable/);
  });

  it('tells from the holder of an outcome whether it is claimed, and counted by whom', async () => {
    const holders: Record<string, string> = {
      1: 'me',
      2: 'confirmed me',
      3: 'confirmed former',
      4: 'confirmed another',
      5: 'another',
      6: 'former',
    };
    store.behave = ([name, key]) => {
      if (name === 'SET') return '_\r\n';
      const holder = holders[key.slice('vigia:outcome:'.length)];
      return holder === undefined ? '_\r\n' : `$${holder.length}\r\n${holder}\r\n`;
    };
    assert.deepEqual(await memory.claim([1n, 2n, 3n, 4n, 5n, 6n, 7n]), [
      'claimed',
      'own',
      'own',
      'confirmed',
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('is which batch a replica is at for half a minute, and its result for a day', async () => {
    said.length = 0;
    const batch = { key: 'k', body: 'b' };
    assert.equal(await memory.claimBatch(batch), 'claimed');
    assert.equal(await memory.claimBatch(batch), 'claimed', 'its own attempt has failed');
    await memory.settleBatch(batch, { accepted: 3, invalid: 1 });
    assert.deepEqual(await memory.claimBatch(batch), { accepted: 3, invalid: 1 });
    assert.equal(await memory.claimBatch({ ...batch, body: 'other' }), 'differs');
    assert.deepEqual(said, [
      'SET vigia:batch:k pending me b PX 30000 NX',
      'SET vigia:batch:k pending me b PX 30000 NX',
      'GET vigia:batch:k',
      `SET vigia:batch:k done me b 3 1 PX ${day}`,
      'SET vigia:batch:k pending me b PX 30000 NX',
      'GET vigia:batch:k',
      'SET vigia:batch:k pending me other PX 30000 NX',
      'GET vigia:batch:k',
    ]);
    for (const [holder, state] of [
      ['$17\r\npending another b\r\n', 'pending'],
      ['_\r\n', 'pending'],
      ['$17\r\npending another x\r\n', 'differs'],
    ]) {
      store.behave = ([name]) => (name === 'SET' ? '_\r\n' : holder);
      assert.equal(await memory.claimBatch(batch), state);
    }
  });

  it('is the text of a model until it has long been unused, again after an outage unless it is forgotten', async () => {
    said.length = 0;
    memory.publishModel('abc', '{"a":1}');
    memory.publishModel('def', '{}');
    memory.forgetModel('def');
    assert.equal(await eventually(() => memory.getModel('abc')), '{"a":1}');
    assert.equal(await memory.getModel('ghi'), null);
    const published = `SET vigia:model:abc {"a":1} PX ${day}`;
    assert.deepEqual(said, [
      published,
      `SET vigia:model:def {} PX ${day}`,
      'GET vigia:model:abc',
      'GET vigia:model:ghi',
    ]);
    const noted = store.behave;
    store.behave = () => '-READONLY no\r\n';
    await assert.rejects(memory.getModel('abc'), /READONLY/);
    store.behave = noted;
    said.length = 0;
    await eventually(() => memory.getModel('ghi'));
    assert.deepEqual(said.slice(-2), [published, 'GET vigia:model:ghi']);
    assert.equal(said.filter((command) => command.startsWith('SET vigia:model:def')).length, 0);
  });
});
