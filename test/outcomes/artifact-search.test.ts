import assert from 'node:assert/strict';
import { readFile, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, formatArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { createArtifactSearch, refuseOther } from '../../src/outcomes/artifact-search.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { digestModel } from '../../src/outcomes/token.ts';
import { creditVersions } from '../support/model-versions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a search for the artifact of a version', () => {
  let own: Awaited<ReturnType<typeof temporaryFolder>>;
  let other: Awaited<ReturnType<typeof temporaryFolder>>;
  let problems: string[];
  let artifact: Artifact;
  let digest: string;
  const fileIn = ({ path }: typeof own) => join(path, `${digest}.json`);

  before(async () => {
    [artifact] = await creditVersions(1);
    digest = digestModel(artifact).toString('hex');
  });
  beforeEach(async () => {
    [own, other] = [await temporaryFolder(), await temporaryFolder()];
    problems = [];
  });
  afterEach(async () => {
    await own[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  const open = (getModel = async (_digest: string): Promise<string | null> => null) => {
    const onProblem = (problem: string) => problems.push(problem);
    const files = createModelFiles({
      folder: own.path,
      otherFolders: async () => [other.path],
      maxAgeMs: 1e9,
      onProblem,
    });
    return createArtifactSearch({ files, shared: { getModel }, onProblem });
  };

  it('finds the file of another replica, and keeps a copy of its own', async () => {
    await other.write(`${digest}.json`, formatArtifact(artifact));
    assert.deepEqual(await open().find(digest), artifact);
    assert.equal(await readFile(fileIn(own), 'utf8'), formatArtifact(artifact));
  });

  it('finds what is in the shared store, and keeps a copy of its own', async () => {
    const text = formatArtifact(artifact);
    const search = open(async (one) => (one === digest ? text : null));
    assert.deepEqual(await search.find(digest), artifact);
    assert.equal(await readFile(fileIn(own), 'utf8'), text);
  });

  it('finds its own file first, whose date goes on saying when the version was last in use', async () => {
    await own.write(`${digest}.json`, formatArtifact(artifact));
    await utimes(fileIn(own), 1000, 1000);
    assert.deepEqual(await open(assert.fail).find(digest), artifact);
    assert.equal((await stat(fileIn(own))).mtimeMs, 1_000_000);
  });

  it('does not read what is too large for an artifact', async () => {
    await own.write(`${digest}.json`, '');
    await truncate(fileIn(own), 2 ** 28 + 1);
    assert.equal(await open().find(digest), undefined);
    assert.deepEqual(problems, [`${fileIn(own)}: cannot be read: not a file, or too large`]);
  });

  it('says each of a thousand problems once, and again when there are more', async () => {
    const search = open(async (one) => `{"formatVersion":"${one}"}`);
    for (let i = 0; i < 1000; i++) await search.find(String(i));
    await search.find('0');
    assert.equal(problems.length, 1000);
    await search.find('1000');
    await search.find('0');
    assert.deepEqual(problems.slice(1001), [problems[0]]);
  });

  it('refuses an artifact for another one with the same name and version alone', () => {
    const { version, ...content } = artifact;
    const forged: Artifact = { ...artifact, features: artifact.features.slice(1) };
    const place = 'models/one.json';
    refuseOther(artifact, { ...artifact }, place);
    refuseOther(artifact, { ...forged, name: 'other' }, place);
    refuseOther(artifact, { ...forged, version: sealArtifact({ ...content, name: 'other' }).version }, place);
    assert.throws(
      () => refuseOther(artifact, forged, place),
      new RegExp(`credit ${version}: a different model .* is in ${place}`),
    );
  });
});
