import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '../../src/model/artifact.ts';
import { createIntake, IntakeUnavailable, type OutcomeIntake } from '../../src/outcomes/intake.ts';
import { maxOthers, maxUnscraped } from '../../src/outcomes/kept-versions.ts';
import { firstScrapeMs } from '../../src/outcomes/known-model.ts';
import { createKnownModels, type KnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { openSlots, type Slots } from '../../src/outcomes/slots.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { holdClock } from '../support/clock.ts';
import { creditVersions } from '../support/model-versions.ts';
import { eventually } from '../support/service.ts';

/** Kept for one model, besides the version that answers. */
const mostOthers = maxOthers + maxUnscraped;

const dayMs = 86_400_000;
const tokens = createTokens([Buffer.from('a key that is long enough')]);
const perVersion = 5;

async function* nothing(): AsyncGenerator<Record<string, unknown>> {}

describe('outcomes of many older versions at once', () => {
  let versions: Artifact[];
  let folder: string;
  let clock: ReturnType<typeof holdClock>;
  let models: KnownModels;
  let intake: OutcomeIntake;
  let problems: string[];
  let known: Parameters<Parameters<typeof createKnownModels>[0]['onKnown']>[0][];
  /** What every version has counted since the test began, also those that were dropped. */
  let counted: () => number;
  let mostInUse: number;
  let slots: Slots | undefined;

  before(async () => {
    // those in use, and three turns of as many as may come back
    versions = await creditVersions(1 + maxOthers + 3 * mostOthers);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-waiting-'));
    clock = holdClock();
    problems = [];
    mostInUse = 0;
    known = [];
    counted = () =>
      known.reduce(
        (sum, { performance }) => sum + performance.sums.negatives.reduce((total, count) => total + count, 0),
        0,
      );
    const onProblem = (message: string) => problems.push(message);
    models = createKnownModels({
      files: createModelFiles({ folder, maxAgeMs: 100 * dayMs, onProblem }),
      maturityMs: 0,
      now: () => Date.now(),
      onKnown: (model) => {
        known.push(model);
      },
      onProblem,
    });
    await open();
    for (const version of versions) {
      models.add(version);
      clock.advance(1);
    }
    await models.kept();
  });
  afterEach(async () => {
    clock.release();
    await models.kept();
    slots?.close();
    slots = undefined;
    await rm(folder, { recursive: true });
  });

  async function open(more: Partial<Parameters<typeof createIntake>[0]> = {}): Promise<void> {
    slots?.close();
    slots = await openSlots(join(folder, 'outcomes.jsonl'), assert.fail);
    intake = createIntake({
      tokens,
      models,
      writer: { appendDurably: async () => {} },
      slots,
      maxAgeMs: 100 * dayMs,
      maturityMs: 0,
      earlier: nothing(),
      countedUntilMs: Promise.resolve(Date.now()),
      onProblem: (message) => problems.push(message),
      ...more,
    });
  }
  const outcomes = () =>
    versions.flatMap((version) =>
      Array.from({ length: perVersion }, (_, i) => ({
        id: tokens.sign(digestModel(version), Date.now() - i, 0.3, 0),
        outcome: 'good',
      })),
    );
  /** As a scrape does; waits until no further version can come back for now. */
  const scrape = async () => {
    intake.settle();
    await eventually(() => assert.ok(intake.held.size === 0 || !models.hasRoom()));
    mostInUse = Math.max(mostInUse, models.all().length);
  };

  it('are all accepted and counted, twelve versions at a time besides the one that answers', async () => {
    const all = outcomes();
    const { accepted } = await intake.take(all);
    assert.equal(accepted, all.length);
    await scrape();
    assert.equal(models.all().length, 1 + mostOthers);
    assert.equal(counted(), perVersion * (1 + maxOthers), 'those in use count at once');
    assert.equal(intake.held.size, all.length - counted());
    let scrapes = 0;
    for (; intake.held.size > 0; scrapes++) {
      assert.ok(scrapes < 40, `${intake.held.size} still wait`);
      clock.advance(firstScrapeMs / 2);
      await scrape();
    }
    assert.equal(counted(), all.length);
    assert.equal(mostInUse, 1 + mostOthers);
    assert.equal((await intake.take(all)).duplicate, all.length);
    clock.advance(firstScrapeMs);
    assert.equal(models.all().length, 1 + maxOthers);
  });

  it('of every version count while they keep coming: versions take turns', async () => {
    const steps = 40;
    const countsOf = () => {
      const counts = new Map<string, number>();
      for (const { artifact, performance } of known) {
        const sum = performance.sums.negatives.reduce((total, count) => total + count, 0);
        counts.set(artifact.version, (counts.get(artifact.version) ?? 0) + sum);
      }
      return versions.map(({ version }) => counts.get(version) ?? 0);
    };
    const run = async () => {
      for (let step = 0; step < steps; step++) {
        await intake.take(outcomes());
        clock.advance(firstScrapeMs / 2);
        await scrape();
      }
    };
    await run();
    const before = countsOf();
    const heldBefore = intake.held.size;
    await run();
    const after = countsOf();
    assert.deepEqual(
      versions.filter((_, i) => after[i] === before[i]).map(({ version }) => version),
      [],
      'versions that counted nothing for ten minutes',
    );
    const perStep = versions.length * perVersion;
    assert.ok(intake.held.size - heldBefore < 5 * perStep, `${heldBefore}, then ${intake.held.size} wait`);
    assert.equal(after.at(-1), 2 * steps * perVersion, 'the version that answers counts at once');
    assert.equal(mostInUse, 1 + mostOthers);
  });

  it('are reported once, however many arrive', async () => {
    const all = outcomes();
    for (const outcome of all) await intake.take([outcome]);
    await scrape();
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0], /^outcomes of older versions are waiting to be counted: at most 10 versions/);
  });

  it('are reported if they will never count', async () => {
    const all = outcomes();
    await intake.take(all);
    await scrape();
    const before = intake.held.size;
    for (const name of await readdir(folder)) await rm(join(folder, name));
    for (let i = 0; i < 40 && intake.held.size > 0; i++) {
      clock.advance(firstScrapeMs / 2);
      await scrape();
    }
    assert.equal(intake.held.size, 0);
    const lost = problems.flatMap((text) => {
      const [, count] = /^outcomes that will not be counted, .*: (\d+)$/.exec(text) ?? [];
      return count ? [Number(count)] : [];
    });
    assert.ok(lost.length > 0 && before > 0);
    assert.equal(counted() + lost.reduce((sum, count) => sum + count, 0), all.length);
  });

  it('are deferred when too many wait, and accepted again when those have counted', async () => {
    const all = outcomes();
    await open({ maxWaiting: 50 });
    await intake.take(all);
    await scrape();
    assert.ok(intake.held.size >= 50);
    const more = [{ id: tokens.sign(digestModel(versions[0]), Date.now(), 0.3, 0), outcome: 'good' }];
    await assert.rejects(intake.take(more), IntakeUnavailable);
    assert.equal(intake.results.deferred, 1);
    for (let i = 0; i < 40 && intake.held.size >= 50; i++) {
      clock.advance(firstScrapeMs / 2);
      await scrape();
    }
    assert.equal((await intake.take(more)).accepted, 1);
  });
});
