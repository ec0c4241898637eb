import assert from 'node:assert/strict';
import { readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../../src/model/artifact.ts';
import { createImmaturePredictions } from '../../src/outcomes/immature-predictions.ts';
import { createKnownModel } from '../../src/outcomes/known-model.ts';
import { keepAgainMs, modelsFolder } from '../../src/outcomes/model-files.ts';
import { forgetOutcome, isForgotten } from '../../src/outcomes/outcome.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { creditVersions } from '../support/model-versions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;

describe('predictions that are not old enough', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let problems: string[];
  let artifact: Artifact;
  before(async () => {
    [artifact] = await creditVersions(1);
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    problems = [];
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const known = () =>
    createKnownModel(artifact, {
      digest: digestModel(artifact),
      maturityMs: dayMs,
      isBack: false,
      waitsForScrape: () => false,
      now: () => 0,
    });
  const open = (path = folder.path) => createImmaturePredictions(path, (problem) => problems.push(problem));
  const file = () => join(folder.path, `${digestModel(artifact).toString('hex')}.immature.json`);

  it('outlive the process', async () => {
    const model = known();
    model.performance.addPrediction(0.3);
    model.performance.addPrediction(0.7);
    await open().save([model]);
    assert.deepEqual(JSON.parse(await readFile(file(), 'utf8')), model.performance.immature.slots());
    const next = known();
    await open().restore(next);
    assert.deepEqual(next.performance.immature.slots(), model.performance.immature.slots());
    assert.deepEqual(problems, []);
  });

  it('are none where nothing was saved, and where the file cannot be used, which is said', async () => {
    const model = known();
    await open().restore(model);
    assert.deepEqual(problems, []);
    for (const text of ['{', '[{"startMs":"1","counts":[]}]']) {
      await writeFile(file(), text);
      await open().restore(model);
    }
    assert.deepEqual(
      problems,
      Array(2).fill(`${file()}: cannot be used: predictions of the last process are missing from coverage`),
    );
    assert.deepEqual(model.performance.immature.slots(), []);
  });

  it('are reported where they cannot be saved', async () => {
    await open(await folder.write('in-the-way', '')).save([known()]);
    assert.equal(problems.length, 1);
    assert.match(problems[0], /in-the-way/);
  });

  it('were last saved when the newest of their files was', async () => {
    assert.equal(await open().savedMs(), undefined);
    assert.equal(await open(join(folder.path, 'missing')).savedMs(), undefined);
    for (const [name, seconds] of [
      ['a.immature.json', 1000],
      ['b.immature.json', 3000],
      ['c.immature.json', 2000],
      ['d.json', 4000],
    ] as const) {
      await utimes(await folder.write(name, '[]'), seconds, seconds);
    }
    // one that goes before its time is read
    await symlink(join(folder.path, 'gone'), join(folder.path, 'e.immature.json'));
    assert.equal(await open().savedMs(), 3_000_000);
  });
});

describe('the files of model versions', () => {
  it('are in a folder next to the outcomes', () => {
    assert.equal(modelsFolder('logs/outcomes.jsonl'), join('logs', 'models'));
  });

  it('are stored again once an hour, and more often if outcomes expire sooner', () => {
    assert.equal(keepAgainMs(dayMs), 3_600_000);
    assert.equal(keepAgainMs(1000), 500);
    assert.equal(keepAgainMs(10), 100);
  });
});

describe('the line of a deleted outcome', () => {
  const id = createTokens([Buffer.from('a key that is long enough')]).sign(Buffer.alloc(8), 5000, 0.5, 1);

  it('keeps when the prediction was made, and the position of the line if it had one', () => {
    const forgotten = forgetOutcome({ id });
    assert.deepEqual(Object.keys(forgotten ?? {}), ['forgottenKey', 'predictedMs']);
    assert.equal(forgotten?.predictedMs, 5000);
    assert.deepEqual(forgetOutcome({ id, slot: 1, line: 2 }), { ...forgotten, slot: 1, line: 2 });
    for (const unusable of [{ slot: 1 }, { line: 2 }, { slot: '1', line: 2 }, { slot: 1, line: 0.5 }]) {
      assert.deepEqual(forgetOutcome({ id, ...unusable }), forgotten);
    }
  });

  it('is recognised, and no other', () => {
    const line = { forgottenKey: '0123456789abcdef', predictedMs: 5000 };
    for (const other of [{ ...forgetOutcome({ id }) }, line, { ...line, forgottenKey: 'f' }]) {
      assert.ok(isForgotten(other), JSON.stringify(other));
    }
    for (const wrong of [
      { forgottenKey: 5 },
      { forgottenKey: '' },
      { forgottenKey: '0123456789abcdef0' },
      { forgottenKey: 'xf' },
      { forgottenKey: 'fx' },
      { forgottenKey: undefined },
      { predictedMs: 0.5 },
      { predictedMs: '5000' },
      { predictedMs: undefined },
    ]) {
      assert.ok(!isForgotten({ ...line, ...wrong }), JSON.stringify(wrong));
    }
    assert.ok(!isForgotten({ id }));
  });

  it('is none for an id that is not ours', () => {
    assert.equal(forgetOutcome({ id: 'x' }), undefined);
  });
});
