import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ClaimSettler, createClaimSettler } from '../../src/outcomes/settle-claims.ts';
import type { ClaimState } from '../../src/outcomes/shared-store.ts';
import { createSlot } from '../../src/outcomes/slot.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';

const retryMs = 2_000;
const maxAgeMs = 10_000_000;
const tokens = createTokens([Buffer.from('a key that is long enough')]);
const model = digestModel({ name: 'credit', version: '1' });

describe('outcomes of which it is unknown whose they are', () => {
  let slot: ReturnType<typeof createSlot>;
  let settler: ClaimSettler;
  /** What the store knows of each; of others nothing, so that they are claimed. */
  let states: Map<bigint, ClaimState>;
  let isAvailable: boolean;
  /** The claims that the store lost to another replica before they were confirmed. */
  let lost: Set<bigint>;
  let claimed: (readonly bigint[])[];
  let confirmed: unknown[][];
  let counted: bigint[];

  beforeEach(() => {
    slot = createSlot(1, undefined, 'owner of the slot');
    [states, lost, isAvailable] = [new Map(), new Set(), true];
    [claimed, confirmed, counted] = [[], [], []];
    settler = createClaimSettler(
      {
        async claim(keys) {
          claimed.push(keys);
          if (!isAvailable) throw new Error('no connection');
          return keys.map((key) => states.get(key) ?? 'claimed');
        },
        async confirm(...args) {
          confirmed.push(args);
          return args[0].map((key) => !lost.has(key));
        },
      },
      maxAgeMs,
    );
    mock.timers.enable({ apis: ['setTimeout'] });
    syncBuiltinESMExports();
  });
  afterEach(() => {
    settler.close();
    mock.timers.reset();
    syncBuiltinESMExports();
  });

  let line = 0;
  const timeMs = (ofLine: number) => 1_000_000 + ofLine;
  /** Asks about the next line. @returns it and its key */
  function settle(state?: ClaimState) {
    const place = { slot, line: ++line };
    const token = tokens.verify(tokens.sign(model, timeMs(line), 0.5, 1)) ?? assert.fail('not signed');
    const { key } = token;
    if (state !== undefined) states.set(key, state);
    settler.settle({ token, place, count: () => counted.push(key) });
    return { key, line };
  }
  async function settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await nextTurn();
  }
  async function pass(ms: number): Promise<void> {
    mock.timers.tick(ms);
    await settled();
  }

  it('count if they are this replica’s, and are left to the replica that has counted them', async () => {
    const [own, others] = [settle('own'), settle('confirmed')];
    assert.ok(settler.isOpen(own.key) && settler.isOpen(others.key));
    await settled();
    assert.deepEqual([counted, confirmed], [[own.key], []]);
    assert.deepEqual([slot.hasLeft(own.line), slot.hasLeft(others.line)], [false, true]);
    assert.ok(!settler.isOpen(own.key) && !settler.isOpen(others.key));
  });

  it('are confirmed if no replica has them, for the owner of their slot, and count if that succeeds', async () => {
    const [first, late] = [settle(), settle()];
    lost.add(late.key);
    await settled();
    assert.deepEqual(confirmed, [
      [
        [first.key, late.key],
        [first, late].map(({ line }) => timeMs(line) + maxAgeMs),
        ['owner of the slot', 'owner of the slot'],
      ],
    ]);
    assert.deepEqual(counted, [first.key]);
    assert.deepEqual([slot.hasLeft(first.line), slot.hasLeft(late.line)], [false, true]);
  });

  it('are asked about together, in thousands, those of one turn', async () => {
    const keys = Array.from({ length: 2500 }, () => settle('own').key);
    await settled();
    assert.deepEqual(claimed, [keys.slice(0, 1000), keys.slice(1000, 2000), keys.slice(2000)]);
    assert.deepEqual(counted, keys);
  });

  it('are asked about again while another replica is about to count them, or the store is not there', async () => {
    const { key } = settle('pending');
    await settled();
    // one that comes in the meantime waits as well
    isAvailable = false;
    const next = settle('own');
    await pass(retryMs - 1);
    assert.deepEqual([claimed, confirmed], [[[key]], []]);
    await pass(1);
    assert.deepEqual(claimed.slice(1), [[key, next.key]]);
    assert.ok(settler.isOpen(key) && settler.isOpen(next.key));
    isAvailable = true;
    await pass(retryMs);
    assert.deepEqual([claimed.length, counted], [3, [next.key]]);
    states.set(key, 'own');
    await pass(retryMs);
    assert.deepEqual([claimed.at(-1), counted], [[key], [next.key, key]]);
    await pass(10 * retryMs);
    assert.equal(claimed.length, 4);
  });

  it('are asked about at once after the others have been settled', async () => {
    settle('own');
    await settled();
    const { key } = settle('own');
    await settled();
    assert.equal(counted.at(-1), key);
  });

  it('are no longer asked about once that was stopped', async () => {
    settle('pending');
    await settled();
    settler.close();
    await pass(retryMs);
    settle('own');
    await settled();
    assert.deepEqual([claimed.length, counted], [1, []]);
  });

  it('do not keep the process running', async () => {
    mock.timers.reset();
    syncBuiltinESMExports();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await settled();
    const before = timers();
    settle('pending');
    await settled();
    assert.equal(claimed.length, 1);
    // another one may end meanwhile
    assert.ok(timers() <= before);
  });
});
