import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJsonlWriter } from '../../src/files/jsonl-writer.ts';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { createImmaturePredictions } from '../../src/outcomes/immature-predictions.ts';
import { createIntake, IntakeUnavailable, type OutcomeIntake } from '../../src/outcomes/intake.ts';
import { firstScrapeMs, type KnownModel } from '../../src/outcomes/known-model.ts';
import { createKnownModels, type KnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { forgetOutcome } from '../../src/outcomes/outcome.ts';
import type { ClaimState, SharedStore } from '../../src/outcomes/shared-store.ts';
import { openSlots, type Slots } from '../../src/outcomes/slots.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { forgetRows } from '../../src/samples/forget-rows.ts';
import { readJsonl } from '../../src/samples/read-samples.ts';
import { holdClock } from '../support/clock.ts';
import { creditVersions } from '../support/model-versions.ts';
import { eventually, readJsonLines } from '../support/service.ts';

const dayMs = 86_400_000;
const realNow = Date.now;
const artifact = await loadArtifact('models/credit.json');
const tokens = createTokens([Buffer.from('a key that is long enough')]);

async function* nothing(): AsyncGenerator<Record<string, unknown>> {}

describe('the intake of outcomes', () => {
  let folder: string;
  let path: string;
  let models: KnownModels;
  let model: KnownModel;
  let intake: OutcomeIntake;
  let close: () => Promise<void>;
  /** What a scrape does: it shows what is counted, and that is remembered. */
  let scrape: () => Promise<void>;
  let ownersOf: () => ReadonlySet<string>;
  let problems: string[];

  async function open(
    more: Partial<Parameters<typeof createIntake>[0]> = {},
    watch: Partial<Parameters<typeof createKnownModels>[0]> = {},
  ): Promise<void> {
    const told: string[] = [];
    problems = told;
    const onProblem = (message: string) => told.push(message);
    let mayHaveBeenShown = false;
    models = createKnownModels({
      files: createModelFiles({
        folder: join(folder, 'models'),
        maxAgeMs: 100 * dayMs,
        // files have dates of the real clock: by a held one, a copy that is being written looks abandoned
        now: realNow,
        onProblem,
      }),
      maturityMs: more.maturityMs ?? 0,
      mayHaveBeenShown: () => mayHaveBeenShown,
      now: () => Date.now(),
      onKnown: () => {},
      onProblem,
      ...watch,
    });
    model = models.add(artifact);
    const writer = openJsonlWriter({
      path,
      maxBytes: 1e9,
      maxFiles: Infinity,
      maxAgeDays: 100,
      flushIntervalMs: 0,
      maxPendingBytes: 1e9,
    });
    const slots = await openSlots(path, onProblem);
    ownersOf = () => slots.owners;
    close = async () => {
      await writer.close();
      slots.close();
    };
    intake = createIntake({
      tokens,
      models,
      writer,
      slots,
      maxAgeMs: 100 * dayMs,
      maturityMs: 0,
      earlier: nothing(),
      countedUntilMs: Promise.resolve(Date.now()),
      onEarlier() {
        mayHaveBeenShown = true;
      },
      onProblem,
      ...more,
    });
    scrape = async () => {
      intake.settle();
      const shown = models.collected();
      await slots.save(slots.states());
      shown();
      intake.settle();
    };
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-intake-'));
    path = join(folder, 'outcomes.jsonl');
    await open();
  });
  afterEach(async () => {
    await close();
    await kept();
    await rm(folder, { recursive: true });
  });

  /** The artifact that is kept in the background. */
  const kept = () =>
    eventually(async () => {
      const text = await readFile(join(folder, 'models', `${model.digest.toString('hex')}.json`), 'utf8');
      return JSON.parse(text);
    });
  const predict = (count: number, timeMs = Date.now()) =>
    Array.from({ length: count }, (_, i) =>
      tokens.sign(
        model.digest,
        timeMs,
        i / count,
        i / count >= 0.5 ? 1 : 0,
        i % model.groupOutcomes.features[0].size,
      ),
    );
  const labels = (ids: readonly string[]) => ids.map((id) => ({ id, outcome: 'good' }));
  /** Whatever counts does so by bin of the protected feature, too. */
  const counted = () => {
    const sum = model.performance.sums.negatives.reduce((all, count) => all + count, 0);
    const byGroup = model.groupOutcomes.totals.reduce((all, count) => all + count, 0);
    assert.equal(byGroup, sum);
    return sum;
  };

  it('counts once what many report at the same moment', async () => {
    const ids = predict(300);
    const receipts = await Promise.all(Array.from({ length: 20 }, () => intake.take(labels(ids))));
    assert.equal(
      receipts.reduce((sum, { accepted }) => sum + accepted, 0),
      300,
    );
    assert.equal(counted(), 300);
    assert.equal((await readJsonLines(path)).length, 300);
  });

  it('counts all of overlapping batches, and none twice', async () => {
    const ids = predict(400);
    const batches = Array.from({ length: 10 }, (_, i) => ids.slice(i * 30, i * 30 + 130));
    const receipts = await Promise.all(batches.map((batch) => intake.take(labels(batch))));
    assert.equal(
      receipts.reduce((sum, { accepted }) => sum + accepted, 0),
      400,
    );
    assert.equal(intake.results.accepted + intake.results.duplicate, 1300);
  });

  it('lets a waiting batch take over when the first could not store them', async () => {
    let faults = 2;
    await close();
    const written = Promise.withResolvers<void>();
    const lines: string[] = [];
    await open({
      writer: {
        async appendDurably(added) {
          await written.promise;
          if (faults === 0) lines.push(...added);
          else {
            faults--;
            throw new Error('the disk is full');
          }
        },
      },
    });
    const ids = predict(10);
    const taking = Promise.allSettled([intake.take(labels(ids)), intake.take(labels(ids))]);
    // by then the second waits for the first
    await new Promise(setImmediate);
    written.resolve();
    const [first, second] = await taking;
    assert.ok(first.status === 'rejected' && first.reason instanceof IntakeUnavailable);
    assert.ok(second.status === 'fulfilled');
    assert.equal(second.value.accepted, 10);
    assert.equal(lines.length, 10);
    assert.equal(intake.results.deferred, 10);
  });

  it('tries once more after a single disk error', async () => {
    let isBroken = true;
    const lines: string[] = [];
    await close();
    await open({
      writer: {
        async appendDurably(added) {
          if (!isBroken) lines.push(...added);
          else {
            isBroken = false;
            throw new Error('EIO');
          }
        },
      },
    });
    assert.equal((await intake.take(labels(predict(10)))).accepted, 10);
    assert.equal(lines.length, 10);
    assert.deepEqual([intake.results.deferred, counted()], [0, 10]);
  });

  it('counts only as many of earlier processes as fit into memory, and leaves the rest to later ones', async () => {
    const ids = predict(10);
    await intake.take(labels(ids));
    for (const [start, left] of [6, 2, 0].entries()) {
      await close();
      // twice, like a file that is rotated in the meantime
      await open({ earlier: readJsonl([path, path]), maxUncounted: 4 });
      assert.deepEqual((await intake.take(labels(ids))).duplicate, 10);
      assert.equal(intake.held.size, Math.min(4, 10 - 4 * start));
      await scrape();
      assert.equal(counted(), Math.min(4, 10 - 4 * start));
      await scrape();
      assert.deepEqual(
        problems,
        left === 0
          ? []
          : [
              `${left} outcomes that no scrape has shown will be counted after a later start: one start counts at most 4`,
            ],
      );
    }
    await close();
    await open({ earlier: readJsonl([path]), maxUncounted: 4 });
    await intake.take([]);
    assert.equal(intake.held.size, 0);
  });

  it('remembers what an earlier process took, torn lines and strangers’ aside', async () => {
    const ids = predict(50);
    await intake.take(labels(ids));
    await scrape();
    await close();
    await appendFile(path, '{"id":"forged","outcome":"good"}\n{"id":"to');
    await open({ earlier: readJsonl([path]) });
    assert.equal((await intake.take(labels(ids))).duplicate, 50);
    await scrape();
    assert.equal(counted(), 0);
    assert.deepEqual(problems, []);
  });

  it('holds what comes early, and again after a restart', async () => {
    const maturityMs = dayMs;
    await open({ maturityMs });
    const ids = predict(20);
    const old = predict(5, Date.now() - 2 * dayMs);
    await intake.take(labels([...ids, ...old]));
    assert.equal(counted(), 5);
    assert.equal(intake.held.size, 20);
    await scrape();
    await close();
    await open({ maturityMs, earlier: readJsonl([path]) });
    await intake.take([]);
    await scrape();
    assert.equal(intake.held.size, 20);
    assert.equal(counted(), 0);
  });

  it('counts what became due between two processes, once it can be seen to rise', async () => {
    const maturityMs = dayMs;
    const { now } = Date;
    const startedMs = now();
    let nowMs = startedMs;
    Date.now = () => nowMs;
    try {
      await open({ maturityMs });
      const before = predict(7, startedMs - 3 * dayMs);
      const meanwhile = predict(20, startedMs - maturityMs + 1000);
      await intake.take(labels([...before, ...meanwhile]));
      assert.equal(counted(), 7);
      await scrape();
      await close();
      nowMs += 60_000;
      await open({ maturityMs, earlier: readJsonl([path]) });
      await intake.take([]);
      assert.deepEqual([counted(), intake.held.size], [0, 20]);
      await scrape();
      assert.deepEqual([counted(), intake.held.size], [20, 0]);
    } finally {
      Date.now = now;
    }
  });

  it('counts it once although its file was rotated while it was read, and that process ends, too', async () => {
    await intake.take(labels(predict(5)));
    await close();
    await open({ earlier: readJsonl([path, path]) });
    await intake.take([]);
    await close();
    await open({ earlier: readJsonl([path]) });
    await scrape();
    await intake.take([]);
    assert.equal(counted(), 5);
  });

  it('confirms lines of a slot that it has taken over for that, which the next process may not take over', async () => {
    const other = await openSlots(path, assert.fail);
    await other.begin(true);
    const { owner, number } = other.own;
    other.close();
    await intake.take(labels(predict(1)));
    await close();
    const [line] = await readJsonLines(path);
    const confirmedFor: unknown[] = [];
    await open({
      earlier: (async function* () {
        yield { ...line, slot: number };
      })(),
      shared: {
        claim: async () => ['claimed'],
        async confirm(_keys, _forgetAtMs, owners) {
          confirmedFor.push(owners);
          return [true];
        },
      } as Partial<SharedStore> as SharedStore,
    });
    await scrape();
    await eventually(async () => {
      await scrape();
      assert.equal(counted(), 1);
    });
    assert.deepEqual(confirmedFor, [[owner]]);
    // with nothing left to count there the slot is given back, and is the owner's who takes it next
    await eventually(async () => {
      await scrape();
      const next = await openSlots(path, assert.fail);
      next.close();
      assert.equal(next.own.number, number);
    });
    assert.ok(!ownersOf().has(owner));
    intake.close();
  });

  describe('which another process with the same file has written as well', () => {
    type Line = Record<string, unknown>;
    let other: Slots;

    beforeEach(async () => {
      other = await openSlots(path, assert.fail);
      await other.begin(true);
    });
    afterEach(() => other.close());

    /** Takes one, ends, and starts again with this line of it and the other process's. */
    async function takeAndReopen(order: (own: Line, others: Line) => Line[]): Promise<void> {
      await intake.take(labels(predict(1)));
      await close();
      const [own] = await readJsonLines(path);
      const others = { ...own, slot: other.own.number, line: 1, lastLine: 1 };
      const lines = order(own, others);
      await open({
        earlier: (async function* () {
          yield* lines;
        })(),
      });
      await intake.take([]);
      await scrape();
    }
    async function endOther(): Promise<void> {
      await other.save(other.states());
      other.close();
    }
    const orders = {
      before: (own: Line, others: Line) => [others, own],
      after: (own: Line, others: Line) => [own, others],
    };

    for (const [when, order] of Object.entries(orders)) {
      it(`${when} this one, and that lives: counts the line of this one`, async () => {
        await takeAndReopen(order);
        assert.equal(counted(), 1);
      });

      it(`${when} this one, and had left to it: counts the line of this one`, async () => {
        other.own.leave(1);
        await endOther();
        await takeAndReopen(order);
        assert.equal(counted(), 1);
      });

      it(`${when} this one, and had counted: does not count it again`, async () => {
        other.own.counted(1, { outcome: true, delay: true });
        await endOther();
        await takeAndReopen(order);
        assert.equal(counted(), 0);
        await close();
        await open({ earlier: readJsonl([path]) });
        await intake.take([]);
        await scrape();
        assert.equal(counted(), 0);
      });
    }
  });

  it('accepts no repetition of an outcome that was deleted', async () => {
    const [gone, ...others] = predict(3);
    await intake.take(labels([gone, ...others]));
    await close();
    assert.deepEqual(await forgetRows(path, new Set([gone]), forgetOutcome), { deleted: 1 });
    const text = await readFile(path, 'utf8');
    assert.ok(!text.includes(gone));
    assert.equal(text.split('\n').length, 4);
    await open({ earlier: readJsonl([path]) });
    const receipt = await intake.take(labels([gone, ...others]));
    assert.deepEqual([receipt.accepted, receipt.duplicate], [0, 3]);
    assert.equal(await readFile(path, 'utf8'), text);
  });

  describe('if the shared store does not say whether it has confirmed one', () => {
    /** Fails once when it is to confirm: after it has, so that it cannot say so, or before. */
    function createMemory(confirmsFirst = true): SharedStore {
      const holders = new Map<bigint, ClaimState>();
      let isCut = false;
      return {
        claim: async (keys) =>
          keys.map((key) => {
            const state = holders.get(key) ?? 'claimed';
            holders.set(key, state);
            return state;
          }),
        async confirm(keys) {
          if (isCut || confirmsFirst) for (const key of keys) holders.set(key, 'own');
          if (isCut) return keys.map(() => true);
          isCut = true;
          throw new Error('the connection is lost');
        },
      } as Partial<SharedStore> as SharedStore;
    }
    beforeEach(async () => {
      await close();
      await open({ shared: createMemory() });
    });
    afterEach(() => intake.close());

    it('confirms and counts it by the line that it has, if it had not', async () => {
      await close();
      await open({ shared: createMemory(false) });
      const ids = predict(5);
      await assert.rejects(intake.take(labels(ids)), IntakeUnavailable);
      const { accepted, duplicate } = await intake.take(labels(ids));
      assert.equal(accepted + duplicate, 5);
      assert.equal(counted(), 5);
      assert.equal((await readJsonLines(path)).length, 5);
      await scrape();
      await close();
      await open({ earlier: readJsonl([path]) });
      await intake.take([]);
      await scrape();
      assert.equal(counted(), 0);
    });

    it('counts it when it is sent again, once', async () => {
      const ids = predict(5);
      const [first, again] = [intake.take(labels(ids)), intake.take(labels(ids))];
      await assert.rejects(first, IntakeUnavailable);
      const receipt = await again;
      assert.equal(receipt.accepted + receipt.duplicate, 5);
      await eventually(() => assert.equal(counted(), 5));
      assert.equal((await intake.take(labels(ids))).duplicate, 5);
      await scrape();
      assert.equal(counted(), 5);
    });

    it('counts it without that, once, also through a restart', async () => {
      const ids = predict(5);
      await assert.rejects(intake.take(labels(ids)), IntakeUnavailable);
      await eventually(() => assert.equal(counted(), 5));
      assert.equal((await intake.take(labels(ids))).duplicate, 5);
      await scrape();
      await close();
      await open({ earlier: readJsonl([path]) });
      await intake.take([]);
      await scrape();
      assert.equal(counted(), 0);
    });
  });

  describe('of a version that was dropped', () => {
    let clock: ReturnType<typeof holdClock>;
    let others: Artifact[];
    before(async () => {
      others = (await creditVersions(6)).slice(1);
    });
    beforeEach(async () => {
      clock = holdClock();
      await close();
      await open();
    });
    afterEach(() => clock.release());

    /** Lets other versions answer, one after the other. */
    const drop = () => {
      for (const other of others) {
        models.add(other);
        clock.advance(1);
      }
      assert.equal(models.get(model.digest.toString('hex')), undefined);
    };
    const back = () => models.get(model.digest.toString('hex'));
    const countedSinceBack = () => back()?.performance.sums.negatives.reduce((sum, count) => sum + count, 0);

    it('accepts them, once, and counts them from 0 when that may have been scraped', async () => {
      const ids = predict(30);
      drop();
      const receipts = await Promise.all([0, 10].map((i) => intake.take(labels(ids.slice(i, i + 20)))));
      assert.equal(receipts[0].accepted + receipts[1].accepted, 30);
      await eventually(() => assert.equal(countedSinceBack(), 0));
      clock.advance(firstScrapeMs);
      intake.settle();
      assert.equal(countedSinceBack(), 30);
      assert.equal((await intake.take(labels(ids))).duplicate, 30);
      assert.equal(countedSinceBack(), 30);
    });

    it('lets it come back for those that are held until they are due', async () => {
      await close();
      await open({ maturityMs: dayMs });
      await intake.take(labels(predict(20)));
      clock.advance(2 * firstScrapeMs);
      drop();
      clock.advance(dayMs);
      intake.settle();
      await eventually(() => assert.equal(countedSinceBack(), 0));
      assert.equal(intake.held.size, 20);
      clock.advance(firstScrapeMs);
      intake.settle();
      assert.deepEqual([countedSinceBack(), intake.held.size], [20, 0]);
    });

    it('continues with its predictions that are not old enough', async () => {
      await close();
      const immature = createImmaturePredictions(join(folder, 'models'), assert.fail);
      await open(
        { maturityMs: dayMs },
        { onKnown: immature.restore, onDropped: (one) => immature.save([one]) },
      );
      for (let i = 0; i < 7; i++) model.performance.addPrediction(0.3);
      clock.advance(2 * firstScrapeMs);
      drop();
      clock.advance(2 * dayMs);
      await intake.take(labels(predict(1, Date.now() - 1.5 * dayMs)));
      const matured = () => {
        back()?.performance.settle();
        return back()?.performance.sums.matured.reduce((sum, count) => sum + count, 0);
      };
      await eventually(() => assert.equal(back()?.performance.immature.slots().length, 1));
      assert.equal(matured(), 0);
      clock.advance(firstScrapeMs);
      assert.equal(matured(), 7);
    });
  });

  it('keeps the artifact of every version that answered', async () => {
    await intake.take(labels(predict(1)));
    assert.equal((await kept()).version, artifact.version);
  });
});
