import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createIntake, IntakeUnavailable, type OutcomeIntake } from '../../src/outcomes/intake.ts';
import type { KnownModel } from '../../src/outcomes/known-model.ts';
import { createKnownModels, type KnownModels, ModelUnavailable } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { openSlots, type Slots } from '../../src/outcomes/slots.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;
const artifact = await loadArtifact('models/credit.json');

async function* nothing(): AsyncGenerator<Record<string, unknown>> {}

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
        },
      },
      maxAgeMs: 10 * dayMs,
      maturityMs: 0,
      earlier: nothing(),
      countedUntilMs: Promise.resolve(Date.now()),
      onEarlier: () => earlierTimes++,
      onProblem: (message) => problems.push(message),
      ...more,
    });
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
    [problems, faults, written, earlierTimes] = [[], [], [], 0];
    tokens = createTokens([Buffer.from('a key that is long enough')]);
    const onProblem = (message: string) => problems.push(message);
    models = createKnownModels({
      files: createModelFiles({ folder: join(folder.path, 'models'), maxAgeMs: 10 * dayMs, onProblem }),
      maturityMs: 0,
      onKnown: () => {},
      onProblem,
    });
    model = models.add(artifact);
    slots = await openSlots(join(folder.path, 'outcomes.jsonl'), onProblem);
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
    assert.equal(earlierTimes, 1);
  });

  it('of earlier processes are those that another has accepted, which are repeated', async () => {
    const sent = many(2);
    const lines = sent.map(({ id, outcome }, i) => ({ id, outcome, slot: 1, line: i + 1, lastLine: 2 }));
    async function* earlier(): AsyncGenerator<Record<string, unknown>> {
      yield* lines;
    }
    open({ elsewhere: earlier() });
    const { accepted, duplicate } = await intake.take([...sent, good()]);
    assert.deepEqual([accepted, duplicate], [1, 2]);
    assert.deepEqual(problems, []);
  });
});
