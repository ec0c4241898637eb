import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSharedStore } from '../../src/outcomes/redis-store.ts';
import { readSharedAddress } from '../../src/outcomes/shared-address.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis } from '../support/redis.ts';
import { eventually } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

describe('the address of the shared store', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-shared-'));
    path = join(folder, 'password');
  });
  after(() => rm(folder, { recursive: true }));

  async function read(OUTCOME_DEDUP_URL: string | undefined, password: string): Promise<string | undefined> {
    await writeFile(path, password);
    return readSharedAddress({ OUTCOME_DEDUP_URL, OUTCOME_DEDUP_PASSWORD_FILE: path });
  }

  it('is as it is set, without a file', async () => {
    const address = 'redis://:in-it@store:6379/2';
    assert.equal(await readSharedAddress({ OUTCOME_DEDUP_URL: address }), address);
    assert.equal(await readSharedAddress({}), undefined);
  });

  it('has the password from the file, whatever its characters', async () => {
    for (const password of ['plain', 'a/b+c==', 'p@ss:w/rd?#%20 x', '100%', 'пароль', '"\\\'']) {
      const url = new URL((await read('rediss://user@store:6380/1', `${password}\n`)) ?? '');
      assert.equal(decodeURIComponent(url.password), password);
      assert.deepEqual(
        [url.protocol, url.username, url.host, url.pathname],
        ['rediss:', 'user', 'store:6380', '/1'],
      );
    }
  });

  it('is refused with two passwords, with no line or two lines in the file, and with only a password', async () => {
    const store = 'redis://store:6379';
    const source = `OUTCOME_DEDUP_PASSWORD_FILE=${path}`;
    for (const [reading, message] of [
      [
        () => read('redis://:one@store', 'two'),
        `${source}: OUTCOME_DEDUP_URL also has a password: keep one of them`,
      ],
      [() => read(store, ''), `${source}: must contain one line, the password, but has 0`],
      [() => read(store, 'one\ntwo'), `${source}: must contain one line, the password, but has 2`],
      [() => read(undefined, 'one'), `${source}: OUTCOME_DEDUP_URL, whose password it is, is not set`],
      [
        () => readSharedAddress({ OUTCOME_DEDUP_URL: store, OUTCOME_DEDUP_PASSWORD_FILE: `${path}-none` }),
        `${source}-none: cannot be read: ENOENT`,
      ],
    ] as const) {
      await assert.rejects(reading, { message });
    }
  });

  it('opens a store that requires that password, which a wrong one does not', async function () {
    const port = await freePort();
    const password = 'p@ss:w/rd?#%20"x';
    const redis = await startRedis(requireTool(this, 'redis-server'), port, password);
    const problems: string[] = [];
    const options = {
      owner: randomUUID(),
      maxAgeMs: 60_000,
      onProblem: (message: string) => problems.push(message),
    };
    try {
      const open = openSharedStore((await read(redis.url, password)) ?? '', options);
      assert.deepEqual(await eventually(() => open.claim([1n])), ['claimed']);
      await open.close();
      assert.deepEqual(problems, []);

      const closed = openSharedStore((await read(redis.url, 'wrong')) ?? '', options);
      await eventually(async () => assert.match(problems.join(), /WRONGPASS/));
      await assert.rejects(closed.claim([2n]), /is unavailable/);
      await closed.close();
    } finally {
      await redis.stop();
    }
  });
});
