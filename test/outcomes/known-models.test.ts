import assert from 'node:assert/strict';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artifact, formatArtifact, parseArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { maxOthers, maxUnscraped } from '../../src/outcomes/kept-versions.ts';
import { firstScrapeMs, type KnownModel } from '../../src/outcomes/known-model.ts';
import { createKnownModels, type KnownModels, ModelUnavailable } from '../../src/outcomes/known-models.ts';
import { createModelFiles, keepAgainMs } from '../../src/outcomes/model-files.ts';
import type { SharedStore } from '../../src/outcomes/shared-store.ts';
import { digestModel } from '../../src/outcomes/token.ts';
import { holdClock } from '../support/clock.ts';
import { creditVersions } from '../support/model-versions.ts';
import { wideModel } from '../support/wide-model.ts';

/** Kept for one model, besides the version that answers. */
const mostOthers = maxOthers + maxUnscraped;

const dayMs = 86_400_000;
const maxAgeMs = 10 * dayMs;
const digestOf = (artifact: Artifact) => digestModel(artifact).toString('hex');

describe('the known models', () => {
  let versions: Artifact[];
  let folder: string;
  let models: KnownModels;
  let clock: ReturnType<typeof holdClock>;
  let dropped: KnownModel[];
  let problems: string[];
  const inUse = () => models.all().map(({ artifact }) => versions.indexOf(artifact));

  before(async () => {
    versions = await creditVersions(12);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-models-'));
    open();
    clock = holdClock();
  });
  afterEach(async () => {
    clock.release();
    assert.deepEqual(problems, []);
    await models.kept();
    await rm(folder, { recursive: true });
  });

  function open(shared?: SharedStore): void {
    dropped = [];
    problems = [];
    models = createKnownModels({
      files: createModelFiles({
        folder,
        otherFolders: async () => [join(folder, 'other'), folder],
        maxAgeMs,
        onProblem: assert.fail,
      }),
      maturityMs: 0,
      shared,
      now: () => Date.now(),
      onKnown: () => {},
      onDropped: (model) => dropped.push(model),
      onProblem: (message) => problems.push(message),
    });
  }
  const addAll = () => {
    for (const version of versions) {
      models.add(version);
      clock.advance(1);
    }
  };

  it('are in use while they answer, and the last two of those that did', () => {
    addAll();
    assert.deepEqual(inUse(), [9, 10, 11]);
    assert.equal(dropped.length, versions.length - 1 - maxOthers);
    assert.equal(models.get(digestOf(versions[0])), undefined);
    assert.equal(models.get(digestOf(versions[11]))?.artifact, versions[11]);
  });

  it('are in use no longer than a day after they answered', () => {
    addAll();
    clock.advance(dayMs - 10);
    assert.deepEqual(inUse(), [9, 10, 11]);
    clock.advance(20);
    assert.deepEqual(inUse(), [11]);
  });

  it('stay while outcomes come for them', () => {
    addAll();
    clock.advance(dayMs - 10);
    models.get(digestOf(versions[9]))?.used('outcome');
    clock.advance(20);
    assert.deepEqual(inUse(), [9, 11]);
  });

  it('are the same object as long as they are in use, also when they answer again', () => {
    const first = models.add(versions[0]);
    models.add(versions[1]);
    assert.equal(models.add(versions[0]), first);
    assert.deepEqual(inUse(), [0, 1]);
  });

  it('answer until another version of their name does, or none', () => {
    addAll();
    const isAnswering = (i: number) => models.isAnswering(digestOf(versions[i]));
    assert.deepEqual([0, 10, 11].map(isAnswering), [false, false, true]);
    models.retire('credit');
    assert.equal(isAnswering(11), false);
    models.retire('unknown');
    assert.deepEqual(inUse(), [10, 11]);
  });

  it('stay for a day after they answered, but only two of those whose names are gone', () => {
    const named = ['a', 'b', 'c'].map((name) => sealArtifact({ ...versions[0], name }));
    for (const one of named) models.add(one);
    clock.advance(dayMs - 10);
    for (const { name } of named) {
      models.retire(name);
      clock.advance(1);
    }
    const areInUse = () => named.map((one) => models.get(digestOf(one)) !== undefined);
    assert.deepEqual(areInUse(), [false, true, true]);
    clock.advance(20);
    models.hasRoom();
    assert.deepEqual(areInUse(), [false, true, true]);
    clock.advance(dayMs);
    models.hasRoom();
    assert.deepEqual(areInUse(), [false, false, false]);
  });

  it('are said once to be without outcomes by bin of the protected features that have no room in an id', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `age ${i}`);
    const wide = sealArtifact({ ...parseArtifact(await wideModel(names), 'wide'), protected: names });
    const { leftOut } = models.add(wide).groupOutcomes.groups;
    assert.ok(leftOut.length > 1);
    const said = `wide ${wide.version}: outcomes are not counted by bin of ${leftOut.join(', ')}: an id has no room for more protected features`;
    assert.deepEqual(problems.splice(0), [said]);
    models.retire('wide');
    clock.advance(dayMs + 1);
    assert.deepEqual(inUse(), []);
    assert.ok(await models.bringBack(digestOf(wide)));
  });

  it('come back when needed, from 0 and counting only once that has been scraped', async () => {
    addAll();
    const [model, same] = await Promise.all([0, 0].map((i) => models.bringBack(digestOf(versions[i]))));
    assert.ok(model);
    assert.equal(model, same);
    assert.deepEqual(model.artifact, versions[0]);
    assert.ok(!model.mayCount());
    models.collected()();
    assert.ok(model.mayCount());
    assert.ok(!dropped.includes(model));
    assert.equal(models.all().at(-1), model);
  });

  it('are not dropped before what was counted can have been scraped, and come back as often as needed', async () => {
    addAll();
    const back = async () => {
      for (const version of versions) (await models.bringBack(digestOf(version)))?.used('outcome');
      assert.equal(models.all().length, versions.length);
    };
    await back();
    clock.advance(firstScrapeMs);
    assert.equal(models.all().length, versions.length);
    clock.advance(firstScrapeMs);
    assert.equal(models.all().length, 1 + maxOthers);
    await back();
  });

  it('can be looked up without coming back', async () => {
    addAll();
    const before = inUse();
    for (const { name, version } of [...versions, ...versions]) {
      const artifact = versions.find((one) => one.version === version) as Artifact;
      const found = await models.find(digestOf(artifact));
      assert.deepEqual([found?.name, found?.version, found?.classes], [name, version, ['good', 'bad']]);
    }
    assert.deepEqual(inUse(), before);
  });

  it('are never more than twelve besides the one that answers, which is reported if it loses counts', async () => {
    const many = await creditVersions(30);
    for (const version of many) {
      models.add(version).used('outcome');
      clock.advance(1);
    }
    assert.deepEqual(
      models.all().map(({ artifact }) => artifact),
      many.slice(-1 - mostOthers),
    );
    assert.equal(models.hasRoom(), false);
    const said = problems.splice(0);
    assert.equal(said.length, many.length - 1 - mostOthers);
    assert.match(said[0], /^credit [0-9a-f]{12} is dropped .* before its outcomes may have been scraped$/);
    clock.advance(firstScrapeMs + 1);
    assert.equal(models.hasRoom(), true);
    assert.deepEqual(
      models.all().map(({ artifact }) => artifact),
      many.slice(-1 - maxOthers),
    );
  });

  it('are never more than that when they come back', async () => {
    const many = await creditVersions(20);
    for (const version of many) models.add(version);
    for (const version of many) await models.bringBack(digestOf(version));
    const inMemory = many.filter((version) => models.get(digestOf(version)));
    assert.equal(inMemory.length, 1 + mostOthers);
  });

  it('are found while they are in use, also if their file is gone', async () => {
    const model = models.add(versions[0]);
    await models.kept();
    await rm(join(folder, `${digestOf(versions[0])}.json`));
    assert.equal(await models.find(digestOf(versions[0])), model);
  });

  it('are not known if nobody has stored them', async () => {
    assert.equal(await models.find('0123456789abcdef'), undefined);
    addAll();
    await models.kept();
    assert.equal((await readdir(folder)).length, versions.length);
  });

  it('are searched for once in ten seconds while they are not found, and once if they are', async () => {
    const [stored] = versions;
    const searches: string[] = [];
    open({
      getModel: async (digest: string) => {
        searches.push(digest);
        return digest === digestOf(stored) ? formatArtifact(stored) : null;
      },
    } as Partial<SharedStore> as SharedStore);
    const [found, missing] = [digestOf(stored), '0123456789abcdef'];
    for (const digest of [found, missing, found, missing]) await models.find(digest);
    clock.advance(9_999);
    for (const digest of [found, missing]) await models.find(digest);
    assert.deepEqual(searches, [found, missing]);
    clock.advance(1);
    await rm(join(folder, `${found}.json`));
    for (const digest of [found, missing]) await models.find(digest);
    assert.deepEqual(searches, [found, missing, missing]);
  });

  it('are remembered as unknown for a thousand digests, and no more', async () => {
    const searches: string[] = [];
    open({
      getModel: async (digest: string) => {
        searches.push(digest);
        return null;
      },
    } as Partial<SharedStore> as SharedStore);
    const digests = Array.from({ length: 1001 }, (_, i) => i.toString(16).padStart(16, '0'));
    for (const digest of digests.slice(0, 1000)) await models.find(digest);
    await models.find(digests[0]);
    assert.equal(searches.length, 1000);
    await models.find(digests[1000]);
    await models.find(digests[1]);
    assert.equal(searches.length, 1001);
    await models.find(digests[0]);
    assert.equal(searches.length, 1002, 'the first was forgotten');
  });

  it('are those that they are stored as, and nothing else in their place, which is reported once', async () => {
    const [wanted, other] = versions;
    const digest = digestOf(wanted);
    const file = join(folder, `${digest}.json`);
    const text = formatArtifact(wanted);
    const wrong: Record<string, (path: string) => Promise<unknown>> = {
      'another version': (path) => writeFile(path, formatArtifact(other)),
      'a part of it': (path) => writeFile(path, text.slice(0, text.length / 2)),
      'a changed one': (path) => writeFile(path, text.replace(/"intercept": -?[\d.]+/, '"intercept": 0.5')),
      'a later format': (path) => writeFile(path, text.replace('"formatVersion": ', '"formatVersion": 9')),
      'a link to another version': async (path) => {
        await writeFile(`${path}.other`, formatArtifact(other));
        await symlink(`${path}.other`, path);
      },
      'a device that never ends': (path) => symlink('/dev/zero', path),
      'a folder': (path) => mkdir(path),
    };
    for (const [what, put] of Object.entries(wrong)) {
      open();
      await put(file);
      assert.equal(await models.find(digest), undefined, what);
      assert.equal(await models.bringBack(digest), undefined, what);
      const said = problems.splice(0);
      assert.equal(said.length, 1, `${what}: ${said.join('; ')}`);
      assert.ok(said[0].startsWith(file), said[0]);
      await rm(file, { recursive: true });
    }
    open({ getModel: async () => formatArtifact(other) } as Partial<SharedStore> as SharedStore);
    assert.equal(await models.find(digest), undefined);
    assert.match(problems.splice(0).join(), /^the shared store: is .*, not the model it is named after/);

    // the right one takes the place of what was there
    await writeFile(file, formatArtifact(other));
    open();
    models.add(wanted);
    await models.kept();
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('are identified by their whole content: no other one with the same name and version may answer', async () => {
    const [real] = versions;
    // what somebody prepares who can choose both artifacts
    const forged = {
      ...real,
      output: { ...real.output, threshold: { ...real.output.threshold, value: 0.95 } },
    };
    await models.requireUnique(real);
    models.add(real);
    await models.kept();
    await models.requireUnique({ ...real });
    await assert.rejects(
      models.requireUnique(forged),
      /^Error: credit [0-9a-f]{12}: a different model .* is in use/,
    );
    open();
    await models.requireUnique({ ...real });
    await assert.rejects(models.requireUnique(forged), new RegExp(`is in ${folder}/[0-9a-f]{16}\\.json: `));
    await models.requireUnique(versions[1]);
    assert.deepEqual(problems, []);
  });

  it('are not refused while the shared store that may know them is unavailable', async () => {
    const store = { isAway: true, published: new Set<string>() };
    open({
      publishModel: (digest: string) => store.published.add(digest),
      forgetModel: (digest: string) => store.published.delete(digest),
      async getModel() {
        if (store.isAway) throw new Error('is away');
        return null;
      },
    } as Partial<SharedStore> as SharedStore);
    await assert.rejects(models.find('0123456789abcdef'), ModelUnavailable);
    store.isAway = false;
    assert.equal(await models.find('0123456789abcdef'), undefined);
    addAll();
    assert.equal(store.published.size, 1 + maxOthers, 'and what is not in use is not published again');
  });

  it('have files as long as an outcome of theirs could be taken, and no longer', async () => {
    const [first, second, third] = versions.map((version) => `${digestOf(version)}.json`);
    const other = join(folder, 'other');
    await mkdir(other);
    models.add(versions[0]);
    models.add(versions[1]);
    await models.kept();
    const foreign = ['notes.json', `${digestOf(versions[0])}.json.bak`, '0123.json'];
    const beside = [`${digestOf(versions[0])}.immature.json`, `${first}.4711.tmp`];
    const past = new Date(Date.now() - maxAgeMs);
    for (const name of [...foreign, ...beside]) {
      await writeFile(join(folder, name), '');
      await utimes(join(folder, name), past, past);
    }
    await copyFile(join(folder, second), join(other, second));
    await copyFile(join(folder, first), join(other, third));
    await utimes(join(other, third), past, past);

    // the second goes on answering; the first is out of use after a day
    for (let ageMs = 0; ageMs < maxAgeMs; ageMs += dayMs) {
      clock.advance(dayMs);
      await models.keepAgain();
    }
    assert.deepEqual((await readdir(folder)).sort(), [...foreign, first, second, 'other'].sort());
    assert.deepEqual(await readdir(other), [second]);
    clock.advance(dayMs + keepAgainMs(maxAgeMs) + 1000);
    await models.keepAgain();
    assert.deepEqual((await readdir(folder)).sort(), [...foreign, second, 'other'].sort());
    assert.deepEqual(await readdir(other), [second], 'one that answers, wherever it is');
    assert.ok(await models.find(digestOf(versions[1])));
    assert.equal(await models.find(digestOf(versions[0])), undefined);
  });

  it('are reported once as unknown later if they cannot be stored', async () => {
    const problems: string[] = [];
    const onProblem = (message: string) => problems.push(message);
    const file = join(folder, 'file');
    await writeFile(file, '');
    const unkept = createKnownModels({
      files: createModelFiles({ folder: join(file, 'models'), maxAgeMs, onProblem }),
      maturityMs: 0,
      now: () => Date.now(),
      onKnown: () => {},
      onProblem,
    });
    unkept.add(versions[0]);
    await unkept.kept();
    await unkept.keepAgain();
    await unkept.keepAgain();
    assert.equal(problems.length, 1);
    assert.match(problems[0], /ENOTDIR.*: outcomes of this version are unknown to later processes$/);
    await rm(file);
    await unkept.keepAgain();
    assert.deepEqual(await readdir(join(file, 'models')), [`${digestOf(versions[0])}.json`]);
  });

  it('are stored again if a file was deleted, and in the shared store, which forgets them', async () => {
    const published: string[] = [];
    open({
      publishModel: (digest: string) => published.push(digest),
      forgetModel: () => {},
    } as Partial<SharedStore> as SharedStore);
    const digest = digestOf(versions[0]);
    models.add(versions[0]);
    await models.kept();
    await rm(join(folder, `${digest}.json`));
    await models.keepAgain();
    assert.deepEqual(await readdir(folder), [`${digest}.json`]);
    assert.deepEqual(published, [digest, digest]);
  });
});
