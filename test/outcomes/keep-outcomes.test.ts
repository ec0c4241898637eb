import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Candidate } from '../../src/outcomes/check-outcomes.ts';
import { keepOutcomes } from '../../src/outcomes/keep-outcomes.ts';
import type { ClaimState, SharedStore } from '../../src/outcomes/shared-store.ts';
import { createSlot } from '../../src/outcomes/slot.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { hurryTimers } from '../support/clock.ts';

const maxAgeMs = 10_000_000;
const predictedMs = Date.UTC(2026, 0, 2);
const tokens = createTokens([Buffer.from('a key that is long enough')]);
const model = { name: 'credit', version: '1', classes: ['good', 'bad'] as const };

describe('accepted outcomes', () => {
  let slot: ReturnType<typeof createSlot>;
  let written: string[][];
  /** How many writes fail from here on. */
  let faults: number;
  let next: number;
  let told: unknown[][];
  let doubtful: Set<bigint>;
  let clock: ReturnType<typeof hurryTimers>;

  beforeEach(() => {
    slot = createSlot(7, undefined, 'owner');
    [written, told, faults, next, doubtful] = [[], [], 0, 1, new Set()];
    clock = hurryTimers();
  });
  afterEach(() => {
    clock.release();
    mock.restoreAll();
  });

  const candidate = (outcome = 1, predictedClass = 0): Candidate => {
    const id = tokens.sign(digestModel(model), predictedMs, 0.25, predictedClass);
    return { id, token: tokens.verify(id) ?? assert.fail('not signed'), model, outcome };
  };
  const keep = (outcomes: readonly Candidate[], shared?: Partial<SharedStore>) =>
    keepOutcomes(
      outcomes,
      {
        writer: {
          async appendDurably(lines) {
            if (faults-- > 0) throw new Error('the disk is full');
            written.push([...lines]);
          },
        },
        slots: {
          own: slot,
          take(count) {
            next += count;
            return next - count;
          },
        },
        shared: shared as SharedStore,
        maxAgeMs,
      },
      {
        onKept: ({ id }, place) => told.push(['kept', id, place.slot.number, place.line]),
        onRepeated: ({ id }) => told.push(['repeated', id]),
        onDoubtful: ({ id }, place) => told.push(['doubtful', id, place.slot.number, place.line]),
        isDoubtful: (key) => doubtful.has(key),
      },
    );
  const lines = () => written.flat().map((line) => JSON.parse(line));

  it('are written with all that is known of them, and numbered', async () => {
    const [first, second] = [candidate(1, 0), candidate(0, 1)];
    mock.method(Date, 'now', () => Date.UTC(2026, 0, 3));
    await keep([first, second]);
    const line = {
      time: '2026-01-03T00:00:00.000Z',
      model: 'credit',
      version: '1',
      score: 0.25,
      predictedAt: '2026-01-02T00:00:00.000Z',
      slot: 7,
      lastLine: 2,
    };
    assert.deepEqual(lines(), [
      { ...line, id: first.id, outcome: 'bad', prediction: 'good', line: 1 },
      { ...line, id: second.id, outcome: 'good', prediction: 'bad', line: 2 },
    ]);
    assert.deepEqual(told, [
      ['kept', first.id, 7, 1],
      ['kept', second.id, 7, 2],
    ]);
    await keep([candidate(), candidate(), candidate()]);
    assert.deepEqual(
      lines().map((one) => [one.line, one.lastLine]),
      [
        [1, 2],
        [2, 2],
        [3, 5],
        [4, 5],
        [5, 5],
      ],
    );
  });

  it('give their lines up if the disk refuses them twice', async () => {
    next = 3;
    faults = 1;
    await keep([candidate()]);
    assert.equal(told.length, 1);
    faults = 2;
    await assert.rejects(keep([candidate(), candidate(), candidate()]), { message: 'the disk is full' });
    assert.equal(told.length, 1);
    const given = [3, 4, 5, 6, 7].map((line) => slot.has(line));
    const [yes, no] = [
      { outcome: true, delay: true },
      { outcome: false, delay: false },
    ];
    assert.deepEqual(given, [no, yes, yes, yes, no]);
  });

  describe('of replicas that share a store', () => {
    it('count here if the store confirms them, and as repeated if another replica has them', async () => {
      const states = new Map<bigint, ClaimState>();
      const [own, others, ours, lost] = [candidate(), candidate(), candidate(), candidate()];
      states.set(own.token.key, 'own').set(others.token.key, 'confirmed');
      const confirm = mock.fn(async (keys: readonly bigint[], _forgetAtMs: readonly number[]) =>
        keys.map((key) => key === ours.token.key),
      );
      await keep([own, others, ours, lost], {
        claim: async (keys) => keys.map((key) => states.get(key) ?? 'claimed'),
        confirm,
      });
      assert.deepEqual(
        lines().map(({ id }) => id),
        [ours.id, lost.id],
      );
      assert.deepEqual(
        confirm.mock.calls.map((call) => call.arguments),
        [
          [
            [ours.token.key, lost.token.key],
            [predictedMs + maxAgeMs, predictedMs + maxAgeMs],
          ],
        ],
      );
      assert.deepEqual(told, [
        ['repeated', own.id],
        ['repeated', others.id],
        ['kept', ours.id, 7, 1],
        ['repeated', lost.id],
      ]);
      // the lost one is counted by the line of the other replica
      assert.deepEqual([1, 2].map(slot.hasLeft), [false, true]);
    });

    it('are not written if none is this replica’s', async () => {
      await keep([candidate()], { claim: async () => ['confirmed'], confirm: async () => assert.fail() });
      assert.deepEqual([written, next], [[], 1]);
    });

    it('are in doubt if the store does not say whether it has confirmed them', async () => {
      const some = [candidate(), candidate()];
      const cut = new Error('the connection is lost');
      const keeping = keep(some, {
        claim: async () => ['claimed', 'claimed'],
        confirm: () => Promise.reject(cut),
      });
      await assert.rejects(keeping, cut);
      assert.deepEqual(told, [
        ['doubtful', some[0].id, 7, 1],
        ['doubtful', some[1].id, 7, 2],
      ]);
    });

    it('wait while another replica, or this one, is about to store them', async () => {
      const [free, elsewhere, here] = [candidate(), candidate(), candidate()];
      doubtful.add(here.token.key);
      const claims: (readonly bigint[])[] = [];
      const keeping = keep([free, elsewhere, here], {
        async claim(keys) {
          claims.push(keys);
          if (claims.length === 3) doubtful.clear();
          if (claims.length === 4) return ['own'];
          return keys.map((key) =>
            key === elsewhere.token.key && claims.length < 2 ? 'pending' : 'claimed',
          );
        },
        confirm: async (keys) => keys.map(() => true),
      });
      await keeping;
      assert.deepEqual(claims, [
        [free, elsewhere, here].map(({ token }) => token.key),
        [elsewhere, here].map(({ token }) => token.key),
        [here.token.key],
        [here.token.key],
      ]);
      assert.deepEqual(told, [
        ['kept', free.id, 7, 1],
        ['kept', elsewhere.id, 7, 2],
        ['repeated', here.id],
      ]);
      assert.ok(clock.passedMs() >= 300);
    });

    it('are refused if that takes longer than two claims hold', async () => {
      // the times at the start and after each answer
      const times = [5, 10_005, 10_006];
      let asked = 0;
      mock.method(performance, 'now', () => times[asked]);
      const keeping = keep([candidate()], {
        async claim() {
          asked++;
          return ['pending'];
        },
      });
      await assert.rejects(keeping, {
        message: 'the same outcomes are still being stored, here or elsewhere',
      });
      assert.deepEqual([asked, told], [2, []]);
    });
  });
});
