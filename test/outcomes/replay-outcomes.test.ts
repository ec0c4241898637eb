import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { forgetOutcome } from '../../src/outcomes/outcome.ts';
import { replayOutcomes } from '../../src/outcomes/replay-outcomes.ts';
import { createSeenIds, type SeenIds } from '../../src/outcomes/seen-ids.ts';
import type { Slot } from '../../src/outcomes/slot.ts';
import { openSlots, type Slots } from '../../src/outcomes/slots.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Line = Readonly<Record<string, unknown>>;

const predictedMs = Date.UTC(2026, 0, 2);
const tokens = createTokens([Buffer.from('a key that is long enough')]);
const model = digestModel({ name: 'credit', version: '1' });
const both = { outcome: true, delay: true };
const neither = { outcome: false, delay: false };

const sign = (timeMs = predictedMs, predictedClass = 1) => tokens.sign(model, timeMs, 0.75, predictedClass);
const keyOf = (id: string) => tokens.verify(id)?.key ?? assert.fail('not signed');
/** A line that came a minute after its prediction, the only one of its write. */
const numbered = (id: string, line: number, more: Line = {}): Line => ({
  ...{ time: new Date(predictedMs + 60_000).toISOString(), id, outcome: 'bad', prediction: 'bad' },
  ...{ slot: 1, line, lastLine: line, ...more },
});
const unnumbered = (id: string): Line => ({ id, outcome: 'bad', prediction: 'bad' });

async function* from(lines: Iterable<Line>): AsyncGenerator<Line> {
  yield* lines;
}

describe('what earlier processes have stored', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  let opened: Slots[];
  let slots: Slots;
  let seen: SeenIds;

  const open = async () => {
    const one = await openSlots(path, () => {});
    opened.push(one);
    return one;
  };
  /**
   * Opens a new file as a process that takes over the slots, numbered from 1 on, of processes that have ended.
   *
   * @param leave what each of those did with its slot
   */
  async function takeOver(...leave: ((slot: Slot) => void)[]): Promise<void> {
    path = join(folder.path, `${opened.length}.jsonl`);
    const ended = [];
    for (const use of leave) {
      const process = await open();
      await process.begin(true);
      use(process.own);
      await process.save(process.states());
      ended.push(process);
    }
    for (const process of ended) process.close();
    slots = await open();
    seen = createSeenIds(Number.POSITIVE_INFINITY);
  }
  const slot = (number = 1) =>
    slots.placeOf({ slot: number, line: 1 })?.slot ?? assert.fail('not taken over');

  beforeEach(async () => {
    folder = await temporaryFolder();
    opened = [];
    await takeOver(() => {});
  });
  afterEach(async () => {
    for (const one of opened) one.close();
    await folder[Symbol.asyncDispose]();
  });

  const replay = (lines: readonly Line[], more: Partial<Parameters<typeof replayOutcomes>[0]> = {}) =>
    replayOutcomes({
      ...{ earlier: from(lines), elsewhere: from([]), tokens, slots, seen },
      ...{ oldestMs: 0, unnumberedFromMs: 0, ...more },
    });
  /** The numbers of the lines that are to be counted. */
  const found = async (...args: Parameters<typeof replay>) =>
    (await replay(...args)).uncounted.map(({ place }) => place && [place.slot.number, place.line]);

  it('is nothing if there are no lines', async () => {
    assert.deepEqual(await replay([]), { uncounted: [], unanswered: new Set(), left: 0, hasEarlier: false });
  });

  for (const [counted, expected] of [
    [neither, { isOpen: true, delayS: 60 }],
    [
      { outcome: true, delay: false },
      { isOpen: false, delayS: 60 },
    ],
    [{ outcome: false, delay: true }, { isOpen: true }],
  ] as const) {
    it(`is counted as far as no process has: ${JSON.stringify(counted)}`, async () => {
      await takeOver((own) => own.counted(1, counted));
      const id = sign();
      assert.deepEqual(await replay([numbered(id, 1)]), {
        uncounted: [
          {
            token: tokens.verify(id),
            outcome: 1,
            place: { slot: slot(), line: 1 },
            lastLine: 1,
            ...expected,
          },
        ],
        unanswered: new Set(),
        left: 0,
        hasEarlier: true,
      });
      assert.equal(slot().open, expected.isOpen ? 1 : 0);
      assert.ok(seen.has(keyOf(id)));
    });
  }

  it('is not counted again once all of it was', async () => {
    await takeOver((own) => own.counted(1, both));
    const id = sign();
    assert.deepEqual(await found([numbered(id, 1)]), []);
    assert.equal(slot().open, 0);
    assert.ok(seen.has(keyOf(id)));
  });

  it('has the class that it names, whatever that is called, and no delay below 0 or without a time', async () => {
    const lines = [
      numbered(sign(predictedMs, 0), 1, { outcome: 'good', prediction: 'good' }),
      numbered(sign(predictedMs, 0), 2, { outcome: 'bad', prediction: 'good' }),
      numbered(sign(predictedMs, 1), 3, { outcome: 'good', prediction: 'bad' }),
      numbered(sign(predictedMs + 61_000), 4),
      numbered(sign(), 5, { time: 'yesterday' }),
    ];
    const { uncounted } = await replay(lines);
    assert.deepEqual(
      uncounted.map(({ outcome, delayS }) => [outcome, delayS]),
      [
        [0, 60],
        [1, 60],
        [0, 60],
        [1, 0],
        [1, undefined],
      ],
    );
  });

  it('has what an earlier version did not number counted from a time on, without its delay', async () => {
    const times = [0, 1, 2, 3].map((ms) => predictedMs + ms);
    const ids = times.map((ms) => sign(ms));
    const counts = async (limits: { oldestMs?: number; unnumberedFromMs?: number }) => {
      await takeOver(() => {});
      const { uncounted } = await replay(ids.map(unnumbered), limits);
      return uncounted.map(({ token, outcome, ...rest }) => {
        assert.deepEqual([outcome, rest], [1, { place: undefined, isOpen: true }]);
        return token.timeMs - predictedMs;
      });
    };
    assert.deepEqual(await counts({}), [0, 1, 2, 3]);
    assert.deepEqual(await counts({ unnumberedFromMs: predictedMs + 1 }), [2, 3]);
    assert.deepEqual(await counts({ oldestMs: predictedMs + 1 }), [1, 2, 3]);
    await takeOver(() => {});
    const { uncounted } = await replay([unnumbered(ids[0]), unnumbered(ids[0]), unnumbered('forged')]);
    assert.equal(uncounted.length, 1);
  });

  it('is a repetition by its id as long as that may get an outcome', async () => {
    const [young, old, forged] = [sign(), sign(predictedMs - 1), sign().replace(/^..../, 'AQAA')];
    const lines = [young, old, forged].map((id, i) => numbered(id, i + 1));
    await takeOver((own) => own.giveUpBelow(4));
    assert.deepEqual(await found(lines, { oldestMs: predictedMs }), []);
    assert.deepEqual([seen.has(keyOf(young)), seen.has(keyOf(old)), seen.size], [true, false, 1]);
    // one that is still to be counted is, and only once
    await takeOver(() => {});
    assert.deepEqual(await found([numbered(old, 5), numbered(old, 6)], { oldestMs: predictedMs }), [[1, 5]]);
  });

  it('is read twice if its file is rotated meanwhile', async () => {
    const [one, other] = [sign(), sign()];
    const lines = [numbered(one, 1), numbered(other, 2)];
    assert.deepEqual(await found([...lines, ...lines]), [
      [1, 1],
      [1, 2],
    ]);
    assert.equal(slot().open, 2);
  });

  it('is counted by one of the lines that it has, and by none if it was', async () => {
    await takeOver(
      () => {},
      (own) => own.counted(7, both),
    );
    const [twice, countedFirst, countedLast, early] = [sign(), sign(), sign(), sign()];
    const lines = [
      numbered(twice, 1),
      numbered(twice, 2),
      numbered(countedFirst, 7, { slot: 2 }),
      numbered(countedFirst, 3),
      numbered(countedLast, 4),
      numbered(countedLast, 6, { slot: 2 }),
      unnumbered(early),
      numbered(early, 8, { slot: 2 }),
    ];
    slot(2).counted(6, { outcome: true, delay: false });
    slot(2).counted(8, both);
    assert.deepEqual(await found(lines), [[1, 1]]);
    assert.deepEqual([1, 2, 3, 4].map(slot().hasLeft), [false, true, true, true]);
    assert.deepEqual([slot().open, slot(2).open], [1, 0]);
    assert.deepEqual(slot(2).has(6), both, 'nor is its delay');
    assert.equal(slot(2).hasLeft(6), false);
  });

  it('has its delay counted although another of its lines was counted', async () => {
    await takeOver((own) => {
      own.counted(1, { outcome: true, delay: false });
      own.counted(2, both);
    });
    const id = sign();
    assert.deepEqual(await found([numbered(id, 1), numbered(id, 2)]), [[1, 1]]);
    assert.equal(slot().hasLeft(1), false);
  });

  it('is left to a later process beyond the maximum, and reported, the oldest being counted', async () => {
    const ids = Array.from({ length: 4 }, () => sign());
    const lines = ids.map((id, i) => numbered(id, i + 1));
    const { uncounted, left } = await replay([...lines, unnumbered(sign())], { maxUncounted: 2 });
    assert.deepEqual(
      uncounted.map(({ place }) => place?.line),
      [1, 2, undefined],
    );
    assert.deepEqual([left, slot().open], [2, 2]);
    assert.deepEqual(slot().has(3), neither);
    assert.deepEqual([slot().end, slot().hasLeft(3)], [5, false]);
    assert.ok(ids.every((id) => seen.has(keyOf(id))));
  });

  describe('in lines that another process counts', () => {
    beforeEach(async () => {
      // one that lives
      await open();
    });
    const foreign = (id: string, line = 1) => numbered(id, line, { slot: 2 });

    it('is known, and left to that', async () => {
      const id = sign();
      const { uncounted, hasEarlier } = await replay([foreign(id), foreign('forged', 2)]);
      assert.deepEqual([uncounted, hasEarlier, seen.has(keyOf(id))], [[], true, true]);
    });

    it('is counted here, once, if there is a line here as well', async () => {
      const [before, after, old] = [sign(), sign(), sign(predictedMs - 1)];
      const lines = [
        ...[foreign(before), numbered(before, 1), numbered(before, 2)],
        ...[numbered(after, 3), foreign(after, 2), numbered(after, 4)],
        ...[foreign(old, 3), numbered(old, 5), numbered(old, 6)],
        unnumbered(after),
      ];
      assert.deepEqual(await found(lines, { oldestMs: predictedMs }), [
        [1, 1],
        [1, 3],
        [1, 5],
      ]);
      assert.deepEqual([slot().open, [2, 4, 6].every(slot().hasLeft)], [3, true]);
    });

    it('in files of other replicas is known, but says nothing of earlier processes', async () => {
      const id = sign();
      const result = await replay([], { elsewhere: from([numbered(id, 1), { id: 'forged' }]) });
      assert.deepEqual([result.uncounted, result.hasEarlier, slot().end], [[], false, 1]);
      assert.ok(seen.has(keyOf(id)));
    });
  });

  it('is counted by another line than the one that was left', async () => {
    await takeOver(
      (own) => own.leave(1),
      (own) => own.leave(1),
    );
    const [one, other] = [sign(), sign()];
    const lines = [numbered(one, 1), numbered(one, 2), numbered(other, 3), numbered(other, 1, { slot: 2 })];
    assert.deepEqual(await found([...lines, numbered(other, 4)]), [
      [1, 2],
      [1, 3],
    ]);
    assert.deepEqual([slot().open, slot().end, slot(2).open, slot(2).end], [2, 5, 0, 2]);
    assert.deepEqual([slot().hasLeft(1), slot().hasLeft(4)], [true, true]);
    // or by none that is there yet
    await takeOver((own) => own.leave(1));
    assert.deepEqual(await found([numbered(one, 1)]), []);
    assert.ok(seen.has(keyOf(one)));
  });

  it('counts as counted, in all its lines, where it is not known what was', async () => {
    await takeOver(
      () => {},
      () => {},
    );
    slots.close();
    await folder.write(`.${basename(path)}.slot-2.json`, '{');
    slots = await open();
    assert.deepEqual([slot().isLost, slot(2).isLost], [false, true]);
    const [first, last] = [sign(), sign()];
    const lines = [
      numbered(first, 5, { slot: 2 }),
      numbered(first, 1),
      numbered(last, 2),
      numbered(last, 6, { slot: 2 }),
      numbered('forged', 7, { slot: 2 }),
    ];
    assert.deepEqual(await found(lines), []);
    assert.deepEqual([slot().open, slot(2).open], [0, 0]);
    assert.deepEqual([1, 2].map(slot().hasLeft), [true, true]);
    assert.deepEqual(
      [4, 5, 7, 8].map((line) => slot(2).has(line)),
      [both, both, both, neither],
    );
  });

  it('is a repetition after it was deleted, and its line is not to be counted', async () => {
    const id = sign();
    const forgotten = forgetOutcome({ id, slot: 1, line: 2 }) ?? assert.fail('not an id');
    assert.deepEqual(await found([numbered(sign(), 1), { ...forgotten }, numbered(id, 3)]), [[1, 1]]);
    assert.ok(seen.has(keyOf(id)));
    assert.deepEqual([slot().has(2), slot().hasLeft(2), slot().open], [both, false, 1]);
  });

  it('with a key that was removed waits until the key is back', async () => {
    const id = createTokens([Buffer.from('a key that was removed')]).sign(model, predictedMs, 0.5, 1);
    assert.deepEqual(await found([numbered(id, 1)]), []);
    assert.deepEqual([slot().has(1), slot().end, slot().open], [neither, 2, 0]);
  });

  it('treats all lines before the first that is there as counted', async () => {
    assert.deepEqual(await found([numbered(sign(), 9), numbered('forged', 5)]), [[1, 9]]);
    assert.deepEqual(
      [1, 4, 5, 9].map((line) => slot().has(line).outcome),
      [true, true, false, false],
    );
  });

  describe('of a write of several lines', () => {
    const [a, b, c] = [sign(), sign(), sign()];
    const write = (...ids: readonly string[]) =>
      ids.map((id, i) => numbered(id, i + 1, { lastLine: ids.length }));
    const unanswered = async (lines: readonly Line[]) => [...(await replay(lines)).unanswered];

    it('was answered if its last line is there, even if that line is not counted here', async () => {
      const lines = write(a, b, c);
      const last = { slot: 1, line: 3 };
      for (const end of [lines[2], numbered('forged', 3), { ...forgetOutcome({ id: c, ...last }) }]) {
        await takeOver(() => {});
        assert.deepEqual(await unanswered([lines[0], lines[1], end]), []);
      }
      const repeated = numbered(a, 3, { lastLine: 3 });
      await takeOver(() => {});
      assert.deepEqual(await unanswered([lines[0], lines[1], repeated]), []);
    });

    it('was not if that is missing, as a process ended before it was written', async () => {
      await takeOver(
        () => {},
        () => {},
      );
      const [one, other] = write(a, b, c);
      const elsewhere = numbered(c, 3, { slot: 2 });
      assert.deepEqual(await unanswered([one, other, elsewhere]), [keyOf(a), keyOf(b)]);
    });

    it('was if that was counted, although it is missing now', async () => {
      for (const what of [both, { outcome: true, delay: false }, { outcome: false, delay: true }]) {
        await takeOver((own) => own.counted(3, what));
        assert.deepEqual(await unanswered(write(a, b, c).slice(0, 2)), [], JSON.stringify(what));
      }
    });

    it('is unknown of lines that do not say which is the last', async () => {
      assert.deepEqual(await unanswered([numbered(a, 1, { lastLine: undefined }), unnumbered(b)]), []);
    });
  });

  it('is not known if its lines cannot be read', async () => {
    async function* broken(): AsyncGenerator<Line> {
      yield numbered(sign(), 1);
      throw new Error('EIO');
    }
    await assert.rejects(replay([], { earlier: broken() }), /EIO/);
    await assert.rejects(replay([], { elsewhere: broken() }), /EIO/);
  });
});
