import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KnownModel } from '../../src/outcomes/known-model.ts';
import type { Slot } from '../../src/outcomes/slot.ts';
import {
  type Countable,
  createWaitingOutcomes,
  type WaitingOutcomes,
} from '../../src/outcomes/waiting-outcomes.ts';

/** What counting does, in order, one line each. */
let done: string[];
let problems: string[];
/** The versions in use, and whether they may count. */
let inUse: Map<string, boolean>;
let hasRoom: boolean;
let answering: string;
/** The versions that were to be brought back, and what ends each attempt. */
let attempts: [digest: string, end: PromiseWithResolvers<KnownModel | undefined>][];
let waiting: WaitingOutcomes;

function modelOf(digest: string): KnownModel {
  const note =
    (what: string) =>
    (...args: unknown[]) =>
      done.push([digest, what, ...args].join(' '));
  return {
    mayCount: () => inUse.get(digest) === true,
    used: note('used'),
    delays: { add: note('delay') },
    performance: { addOutcome: note('score') },
    groupOutcomes: { add: note('group') },
  } as unknown as KnownModel;
}

/** The outcome of a prediction that is old enough, known by its score. */
const mature = (score: number): Countable => ({
  outcome: 1,
  prediction: { score, predictedClass: 0, group: undefined },
});
const immature: Countable = { outcome: 1, delayS: 60 };
const scores = () =>
  done.flatMap((line) => {
    const [, digest, score] = /^(\w+) score (\S+)/.exec(line) ?? [];
    return digest ? [`${digest} ${score}`] : [];
  });
const bringsBack = async (index: number, mayCount = true) => {
  const [digest, { resolve }] = attempts[index];
  inUse.set(digest, mayCount);
  resolve(modelOf(digest));
  await nextTurn();
};
const brought = () => attempts.map(([digest]) => digest);
const shortOfRoom =
  'outcomes of older versions are waiting to be counted: at most 10 versions are exposed at once for their outcomes alone';

describe('outcomes that wait for their version', () => {
  beforeEach(() => {
    [done, problems, attempts] = [[], [], []];
    inUse = new Map();
    hasRoom = true;
    answering = 'none';
    waiting = createWaitingOutcomes(
      {
        get: (digest) => (inUse.has(digest) ? modelOf(digest) : undefined),
        bringBack: (digest) => {
          const end = Promise.withResolvers<KnownModel | undefined>();
          attempts.push([digest, end]);
          return end.promise;
        },
        hasRoom: () => hasRoom,
        isAnswering: (digest) => digest === answering,
      },
      { onProblem: (message) => problems.push(message), maxWaiting: 3 },
    );
  });

  it('count at once if it may, by what is known of them', () => {
    inUse.set('a', true);
    const place = (line: number) => ({
      slot: {
        counted: (at: number, what: object) => done.push(`line ${at} ${JSON.stringify(what)}`),
      } as unknown as Slot,
      line,
    });
    waiting.add('a', {
      outcome: 1,
      prediction: { score: 0.25, predictedClass: 0, group: 7 },
      delayS: 60,
      place: place(3),
      onCounted: () => done.push('counted'),
    });
    assert.deepEqual(done.splice(0), [
      'a used outcome',
      'a delay 1 60',
      'a score 0.25 1',
      'a group 7 0 1',
      'counted',
      'line 3 {"outcome":true,"delay":true}',
    ]);
    waiting.add('a', { ...immature, place: place(4), onCounted: assert.fail });
    assert.deepEqual(done.splice(0), [
      'a used outcome',
      'a delay 1 60',
      'line 4 {"outcome":false,"delay":true}',
    ]);
    waiting.add('a', { ...mature(0.5), place: place(5) });
    assert.deepEqual(done, ['a used outcome', 'a score 0.5 1', 'line 5 {"outcome":true,"delay":false}']);
    assert.equal(waiting.size, 0);
    assert.deepEqual(attempts, []);
  });

  it('are counted in their order once it may, also those that came later', () => {
    inUse.set('a', false);
    waiting.add('a', mature(0.1));
    waiting.add('a', immature);
    assert.equal(waiting.size, 1);
    assert.equal(waiting.isFull, false);
    waiting.release();
    assert.deepEqual(done, []);
    inUse.set('a', true);
    waiting.add('a', mature(0.2));
    assert.deepEqual(done, []);
    assert.equal(waiting.size, 2);
    assert.equal(waiting.isFull, true);
    waiting.release();
    assert.deepEqual(scores(), ['a 0.1', 'a 0.2']);
    assert.equal(waiting.size, 0);
    assert.equal(waiting.isFull, false);
    assert.deepEqual(attempts, []);
  });

  it('bring it back, one version after the other', async () => {
    for (const digest of ['a', 'b', 'c']) waiting.add(digest, mature(0.5));
    waiting.release();
    assert.deepEqual(brought(), ['a']);
    await bringsBack(0);
    await bringsBack(1, false);
    await bringsBack(2);
    assert.deepEqual(brought(), ['a', 'b', 'c']);
    assert.deepEqual(scores(), []);
    waiting.release();
    assert.deepEqual(scores(), ['a 0.5', 'c 0.5']);
    assert.equal(waiting.size, 1);
    assert.equal(attempts.length, 3);
  });

  it('are lost, which is said, if it is gone', async () => {
    waiting.add('a', mature(0.1));
    waiting.add('a', mature(0.2));
    waiting.add('a', immature);
    attempts[0][1].resolve(undefined);
    await nextTurn();
    assert.deepEqual(problems, [
      'outcomes that will not be counted, because their model version (a) is gone: 2',
    ]);
    assert.equal(waiting.size, 0);
    assert.equal(waiting.isFull, false);
    waiting.release();
    assert.equal(attempts.length, 1);
  });

  it('keep waiting while it is not known whether it is gone', async () => {
    waiting.add('a', mature(0.1));
    attempts[0][1].reject(new Error('no answer'));
    await nextTurn();
    assert.equal(waiting.size, 1);
    assert.deepEqual(problems, []);
    waiting.release();
    assert.deepEqual(brought(), ['a', 'a']);
    await bringsBack(1);
    waiting.release();
    assert.deepEqual(scores(), ['a 0.1']);
  });

  it('say once that there is no room for it, and again when all others have counted', async () => {
    hasRoom = false;
    waiting.add('a', mature(0.1));
    waiting.add('b', mature(0.2));
    waiting.add('c', mature(0.3));
    inUse.set('c', true);
    waiting.release();
    waiting.release();
    assert.deepEqual(scores(), ['c 0.3']);
    assert.deepEqual(problems, [shortOfRoom]);
    assert.deepEqual(attempts, []);
    hasRoom = true;
    waiting.release();
    await bringsBack(0);
    await bringsBack(1);
    waiting.release();
    assert.equal(waiting.size, 0);
    hasRoom = false;
    waiting.add('d', mature(0.4));
    assert.deepEqual(problems, [shortOfRoom, shortOfRoom]);
  });

  describe('where there is too little room', () => {
    beforeEach(() => {
      hasRoom = false;
      for (const digest of ['a', 'b', 'c']) inUse.set(digest, true);
      answering = 'c';
      waiting.add('old', mature(0.9));
    });

    it('end the turn of a version that has counted, but not of the one that answers', () => {
      for (const score of [0.1, 0.2]) {
        for (const digest of ['a', 'c']) waiting.add(digest, mature(score));
      }
      waiting.release();
      assert.deepEqual(scores(), ['a 0.1', 'c 0.1', 'c 0.2']);
      assert.equal(waiting.size, 2);
    });

    it('end it also if they had to wait for a scrape', () => {
      inUse.set('a', false);
      waiting.add('a', mature(0.1));
      inUse.set('a', true);
      waiting.release();
      waiting.add('a', mature(0.2));
      waiting.release();
      assert.deepEqual(scores(), ['a 0.1']);
    });

    it('count in its next turn, when it has been brought back', async () => {
      waiting.add('a', mature(0.1));
      waiting.add('a', mature(0.2));
      inUse.delete('a');
      inUse.set('old', false);
      waiting.release();
      assert.deepEqual(brought(), []);
      hasRoom = true;
      waiting.add('other', mature(0.3));
      assert.deepEqual(brought(), ['a']);
      hasRoom = false;
      await bringsBack(0);
      waiting.release();
      assert.deepEqual(scores(), ['a 0.1', 'a 0.2']);
    });

    it('count without turns again once there is enough', async () => {
      waiting.add('a', mature(0.1));
      waiting.add('a', mature(0.2));
      hasRoom = true;
      waiting.release();
      assert.deepEqual(scores(), ['a 0.1']);
      await bringsBack(0);
      waiting.release();
      assert.deepEqual(scores(), ['a 0.1', 'old 0.9', 'a 0.2']);
      waiting.add('a', mature(0.3));
      waiting.add('a', mature(0.4));
      assert.deepEqual(scores().slice(3), ['a 0.3', 'a 0.4']);
      // the next time that there is too little, each has a turn again
      hasRoom = false;
      waiting.add('new', mature(0.8));
      waiting.add('a', mature(0.5));
      waiting.add('a', mature(0.6));
      assert.deepEqual(scores().slice(5), ['a 0.5']);
    });
  });
});
