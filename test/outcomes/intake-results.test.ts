import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock } from 'node:test';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createIntake, IntakeUnavailable, type OutcomeIntake } from '../../src/outcomes/intake.ts';
import { firstScrapeMs, type KnownModel } from '../../src/outcomes/known-model.ts';
import { createKnownModels, type KnownModels, ModelUnavailable } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import type { SharedStore } from '../../src/outcomes/shared-store.ts';
import { openSlots, type Slots } from '../../src/outcomes/slots.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { eventually } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;
const artifact = await loadArtifact('models/credit.json');

async function* linesOf(...lines: Record<string, unknown>[]): AsyncGenerator<Record<string, unknown>> {
  yield* lines;
}

describe('the results of outcomes', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let tokens: ReturnType<typeof createTokens>;
  let models: KnownModels;
  let model: KnownModel;
  let slots: Slots;
  let intake: OutcomeIntake;
  let problems: string[];
  let earlierTimes: number;
  /** What ends each write to the disk, which succeeds otherwise. */
  let faults: (Error | undefined)[];
  let written: number[];
  /** The number of the last line that was written. */
  let lastLine: number | undefined;

  const open = (more: Partial<Parameters<typeof createIntake>[0]> = {}) => {
    intake = createIntake({
      tokens,
      models,
      slots,
      writer: {
        appendDurably: async (lines) => {
          const fault = faults.shift();
          if (fault) throw fault;
          written.push(lines.length);
          lastLine = JSON.parse(lines.at(-1) ?? '{}').line;
        },
      },
      maxAgeMs: 10 * dayMs,
      maturityMs: 0,
      earlier: linesOf(),
      countedUntilMs: Promise.resolve(Date.now()),
      onEarlier: () => earlierTimes++,
      onProblem: (message) => problems.push(message),
      ...more,
    });
  };
  const onProblem = (message: string) => problems.push(message);
  const openModels = (more: Partial<Parameters<typeof createKnownModels>[0]> = {}) =>
    createKnownModels({
      files: createModelFiles({ folder: join(folder.path, 'models'), maxAgeMs: 10 * dayMs, onProblem }),
      maturityMs: 0,
      onKnown: () => {},
      onProblem,
      ...more,
    });
  const takeSlots = async () => {
    slots = await openSlots(join(folder.path, 'outcomes.jsonl'), onProblem);
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
    [problems, faults, written, earlierTimes] = [[], [], [], 0];
    tokens = createTokens([Buffer.from('a key that is long enough')]);
    models = openModels();
    model = models.add(artifact);
    await takeSlots();
    open();
  });
  afterEach(async () => {
    await models.kept();
    slots.close();
    await folder[Symbol.asyncDispose]();
  });

  const sign = (agoMs = 0) => tokens.sign(model.digest, Date.now() - agoMs, 0.3, 0);
  const good = (agoMs = 0) => ({ id: sign(agoMs), outcome: 'good' });
  const many = (count: number) => Array.from({ length: count }, () => good());
  const counted = () => {
    const { negatives, positives } = model.performance.sums;
    return [...negatives, ...positives].reduce((sum, count) => sum + count, 0);
  };
  /** Those that are not 0. */
  const results = () => Object.fromEntries(Object.entries(intake.results).filter(([, count]) => count !== 0));
  const sharedBy = (store: Partial<SharedStore>) => store as SharedStore;
  const unavailable =
    (message: RegExp, retryAfterS = 5) =>
    (error: Error) => {
      assert.ok(error instanceof IntakeUnavailable);
      assert.match(error.message, message);
      assert.equal(error.retryAfterS, retryAfterS);
      return true;
    };

  it('are one for each outcome, also of those that are refused', async () => {
    const one = good();
    const sent = [
      one,
      { ...one, outcome: 'bad' },
      good(11 * dayMs),
      { id: 'x', outcome: 'good' },
      { id: sign(), outcome: 'ugly' },
      { id: tokens.sign(Buffer.alloc(8), Date.now(), 0.3, 0), outcome: 'good' },
      null,
    ];
    const { accepted, duplicate, expired, invalid } = await intake.take(sent);
    assert.deepEqual([accepted, duplicate, expired, invalid.length], [1, 1, 1, 4]);
    const refused = { malformed: 1, invalid_id: 1, unknown_model: 1, unknown_class: 1 };
    assert.deepEqual(results(), { accepted: 1, duplicate: 1, expired: 1, ...refused });
    await intake.take([one]);
    assert.deepEqual(results(), { accepted: 1, duplicate: 2, expired: 1, ...refused });
    assert.equal(counted(), 1);
    assert.equal(lastLine, 1);
    assert.equal(earlierTimes, 0);
  });

  it('are written in thousands, and those before a fault of the disk stay accepted', async () => {
    const sent = many(2500);
    faults = [undefined, new Error('disk full'), new Error('disk full')];
    await assert.rejects(intake.take([...sent, sent[0]]), unavailable(/disk full/));
    assert.deepEqual(written, [1000]);
    assert.deepEqual(results(), { accepted: 1000, duplicate: 1, deferred: 1500 });
    assert.equal(counted(), 1000);
    const { accepted, duplicate } = await intake.take(sent);
    assert.deepEqual([accepted, duplicate], [1500, 1000]);
    assert.deepEqual(written, [1000, 1000, 500]);
    assert.equal(counted(), 2500);
  });

  it('are written at once if they are a thousand, and nothing is if none is new', async () => {
    const sent = many(1000);
    await intake.take(sent);
    await intake.take(sent);
    await intake.take([]);
    assert.deepEqual(written, [1000]);
  });

  it('are deferred if a model cannot be looked for, and nothing is hidden that is no outage', async () => {
    const sent = many(3);
    models.find = async () => Promise.reject(new ModelUnavailable('no answer'));
    await assert.rejects(intake.take(sent), unavailable(/no answer/));
    assert.deepEqual(results(), { deferred: 3 });
    models.find = async () => Promise.reject(new TypeError('a mistake'));
    await assert.rejects(intake.take(sent), TypeError);
    assert.deepEqual(results(), { deferred: 3 });
  });

  it('are deferred for long if the clock has jumped', async () => {
    open({ now: () => Date.now() - 20 * dayMs });
    await assert.rejects(intake.take([good(11 * dayMs)]), unavailable(/clock has jumped/, 900));
    assert.deepEqual(results(), { deferred: 1 });
    assert.equal((await intake.take([good()])).accepted, 1);
  });

  it('are deferred if too many wait for their version', async () => {
    open({ maxWaiting: 0 });
    await assert.rejects(intake.take(many(2)), unavailable(/too many outcomes are waiting/));
    assert.deepEqual(results(), { deferred: 2 });
  });

  it('are deferred no longer once those that waited can count', async () => {
    let nowMs = 0;
    await models.kept();
    models = openModels({ mayHaveBeenShown: () => true, now: () => nowMs });
    model = models.add(artifact);
    open({ maxWaiting: 1 });
    await intake.take(many(1));
    await assert.rejects(intake.take(many(1)), unavailable(/too many outcomes are waiting/));
    nowMs += firstScrapeMs;
    assert.equal((await intake.take(many(1))).accepted, 1);
    assert.equal(counted(), 2);
  });

  it('come with the seconds since the prediction, none for one of a clock that is ahead', async () => {
    await intake.take([good(60_000), good(-60_000)]);
    const sum = model.delays.histograms.reduce((total, each) => total + each.sum, 0);
    assert.ok(sum >= 60 && sum < 65, `${sum} s`);
  });

  it('of earlier processes may be unknown in part, which is said', async () => {
    async function* torn(): AsyncGenerator<Record<string, unknown>> {
      yield {};
      throw new Error('EIO');
    }
    open({ earlier: torn() });
    assert.equal((await intake.take(many(1))).accepted, 1);
    assert.deepEqual(problems, ['EIO: read only in part']);
    assert.ok(lastLine && lastLine > 1e6, 'beyond all numbers that may be in the rest');
    assert.equal(earlierTimes, 1);
  });

  it('of earlier processes are those that another has accepted, which are repeated', async () => {
    const sent = many(2);
    const lines = sent.map(({ id, outcome }, i) => ({ id, outcome, slot: 1, line: i + 1, lastLine: 2 }));
    open({ elsewhere: linesOf(...lines) });
    const { accepted, duplicate } = await intake.take([...sent, good()]);
    assert.deepEqual([accepted, duplicate], [1, 2]);
    assert.deepEqual(problems, []);
  });

  describe('of earlier processes', () => {
    const lineOf = ({ id, outcome }: ReturnType<typeof good>) => ({ id, outcome, prediction: 'good' });
    /** The lines of a write of three, of which the last is missing. */
    const cutOff = (sent: readonly ReturnType<typeof good>[]) =>
      sent
        .slice(0, 2)
        .map((one, i) => ({ ...lineOf(one), slot: slots.own.number, line: i + 1, lastLine: 3 }));
    beforeEach(async () => {
      await intake.take([]);
      slots.close();
      await takeSlots();
    });
    afterEach(() => intake.close());

    it('that were never answered are accepted when they are sent again', async () => {
      const sent = many(3);
      open({ earlier: linesOf(...cutOff(sent)) });
      const [first, second] = [await intake.take(sent), await intake.take(sent)];
      assert.deepEqual([first.accepted, first.duplicate], [3, 0]);
      assert.deepEqual([second.accepted, second.duplicate], [0, 3]);
      assert.deepEqual(results(), { accepted: 3, duplicate: 3 });
      assert.deepEqual(written, [1]);
      assert.equal(counted(), 3);
    });

    it('are repeated if the shared store decides who counts them', async () => {
      const sent = many(3);
      const shared = sharedBy({
        claim: async (keys) => keys.map(() => 'claimed'),
        confirm: async (keys) => keys.map(() => true),
      });
      open({ earlier: linesOf(...cutOff(sent)), shared });
      const { accepted, duplicate } = await intake.take(sent);
      assert.deepEqual([accepted, duplicate], [1, 2]);
      await eventually(() => assert.equal(counted(), 3));
    });

    it('that did not number their lines count without the shared store', async () => {
      const shared = sharedBy({ claim: async () => assert.fail('asked') });
      open({ earlier: linesOf(lineOf(good())), countedUntilMs: Promise.resolve(0), shared });
      await intake.take([]);
      assert.equal(counted(), 1);
    });

    it('are asked about until it is known who counts them, or the service ends', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      syncBuiltinESMExports();
      try {
        let asked = 0;
        const shared = sharedBy({
          async claim() {
            asked++;
            throw new Error('away');
          },
        });
        open({ earlier: linesOf(...cutOff(many(3))), shared });
        await intake.take([]);
        const waitALittle = async () => {
          for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
          mock.timers.tick(2000);
        };
        await waitALittle();
        await waitALittle();
        assert.equal(asked, 2);
        intake.close();
        await waitALittle();
        await waitALittle();
        assert.equal(asked, 2);
      } finally {
        mock.timers.reset();
        syncBuiltinESMExports();
      }
    });
  });

  it('that another replica has counted are repeated, and not asked about twice', async () => {
    let asked = 0;
    const shared = sharedBy({
      async claim(keys) {
        asked++;
        return keys.map(() => 'confirmed');
      },
    });
    open({ shared });
    const sent = many(2);
    await intake.take(sent);
    await intake.take(sent);
    assert.deepEqual(results(), { duplicate: 4 });
    assert.equal(asked, 1);
    assert.deepEqual(written, []);
  });
});
