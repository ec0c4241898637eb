import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { type Outcomes, openOutcomes } from '../../src/outcomes/open-outcomes.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { readConfig } from '../../src/settings/config.ts';
import { creditVersions } from '../support/model-versions.ts';
import { startRespServer } from '../support/resp-server.ts';
import { eventually, readJsonLines } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;
const tokens = createTokens([Buffer.from('a key that is long enough')]);

describe('what outcomes need, opened together', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let artifact: Artifact;
  let others: Artifact[];
  /** How far the clock that decides about ages is ahead. */
  let aheadMs: number;
  let problems: string[];
  const all: Outcomes[] = [];

  before(async () => {
    artifact = await loadArtifact('models/credit.json');
    others = (await creditVersions(4)).slice(1);
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    problems = [];
    aheadMs = 0;
  });
  afterEach(async () => {
    mock.timers.reset();
    for (const { models } of all.splice(0)) await models.kept();
    assert.deepEqual(problems, []);
    await folder[Symbol.asyncDispose]();
  });

  const path = () => join(folder.path, 'outcomes.jsonl');
  const configOf = (settings: Parameters<typeof readConfig>[0] = {}) =>
    readConfig({ OUTCOMES_PATH: path(), OUTCOME_MATURITY_DAYS: '0', ...settings });
  async function openAt(config: ReturnType<typeof readConfig>, elsewhere: readonly string[] = []) {
    const opened = await openOutcomes(
      config,
      async () => elsewhere,
      tokens,
      { now: () => Date.now() + aheadMs },
      (problem) => problems.push(problem),
    );
    all.push(opened);
    return opened;
  }
  async function open(maturityDays = 0, settings: Parameters<typeof readConfig>[0] = {}) {
    const opened = await openAt(configOf({ OUTCOME_MATURITY_DAYS: String(maturityDays), ...settings }));
    const model = opened.models.add(artifact);
    await opened.models.kept();
    return { ...opened, model };
  }
  type Opened = Awaited<ReturnType<typeof open>>;

  const digest = ({ model }: Opened) => model.digest.toString('hex');
  const predict = ({ model }: Opened, timeMs = Date.now()) => {
    model.performance.addPrediction(0.2, timeMs);
    return { id: tokens.sign(model.digest, timeMs, 0.2, 0, 0), outcome: 'good' };
  };
  const counted = ({ model }: Opened) =>
    model.performance.sums.negatives.reduce((sum, count) => sum + count, 0);
  async function scrape(opened: Opened): Promise<void> {
    opened.collected();
    await opened.beforeAnswer();
  }

  it('count an outcome once, also after a restart, and keep it with its model', async () => {
    const first = await open();
    const label = predict(first);
    assert.equal((await first.intake.take([label])).accepted, 1);
    assert.equal(counted(first), 1);
    await scrape(first);
    await first.close();
    const lines = await readJsonLines(path());
    assert.deepEqual(
      lines.map(({ id }) => id),
      [label.id],
    );
    assert.deepEqual(await readdir(join(folder.path, 'models')), [`${digest(first)}.json`]);

    const second = await open();
    const { accepted, duplicate } = await second.intake.take([label]);
    assert.deepEqual([accepted, duplicate], [0, 1]);
    await second.close();
  });

  it('count an outcome again that no scrape has shown before the restart', async () => {
    const first = await open();
    await first.intake.take([predict(first)]);
    await first.close();
    const second = await open();
    // a scrape may come before all that is ready
    await second.beforeAnswer();
    await second.intake.take([]);
    assert.equal(counted(second), 0, 'not before a scrape has shown 0');
    await scrape(second);
    assert.equal(counted(second), 1);
    await second.close();
  });

  it('do not take an outcome that another replica has stored', async () => {
    const first = await open();
    const label = predict(first);
    await first.intake.take([label]);
    await first.close();
    const other = await folder.write('elsewhere.jsonl', await readFile(path()));
    const second = await openAt(configOf({ OUTCOMES_PATH: join(folder.path, 'own', 'outcomes.jsonl') }), [
      other,
    ]);
    second.models.add(artifact);
    const { accepted, duplicate } = await second.intake.take([label]);
    assert.deepEqual([accepted, duplicate], [0, 1]);
    await second.close();
  });

  it('hold outcomes until they are old enough, and keep the predictions that are not', async () => {
    const first = await open(1);
    predict(first);
    const due = predict(first, Date.now() - 2 * dayMs);
    assert.equal((await first.intake.take([due])).accepted, 1);
    await scrape(first);
    assert.equal(first.shared, undefined);
    const held = first.model.performance.immature.slots();
    assert.ok(held.length > 0);
    await first.close();
    const second = await open(1);
    await second.close();
    const file = join(folder.path, 'models', `${digest(first)}.immature.json`);
    const kept = JSON.parse(await readFile(file, 'utf8'));
    const sum = (slots: typeof held) => slots.flatMap(({ counts }) => counts).reduce((a, b) => a + b, 0);
    assert.equal(sum(kept), sum(held));
  });

  it('know the models of other replicas', async () => {
    const first = await open();
    await first.close();
    const elsewhere = join(folder.path, 'elsewhere');
    await mkdir(elsewhere);
    await cp(join(folder.path, 'models'), join(elsewhere, 'models'), { recursive: true });
    await rm(join(folder.path, 'models'), { recursive: true });
    const second = await openAt(configOf(), [join(elsewhere, 'outcomes.jsonl')]);
    assert.equal((await second.models.find(digest(first)))?.version, artifact.version);
    await second.close();
  });

  it('count nothing of a version that is new after a scrape until one has shown it', async () => {
    const opened = await open();
    assert.ok(opened.model.mayCount());
    await scrape(opened);
    const next = opened.models.add(others[0]);
    assert.equal(next.mayCount(), false);
    await scrape(opened);
    assert.ok(next.mayCount());
    await opened.close();
  });

  it('hold an outcome that is too early, and count it when it is due, at the latest as they are closed', async () => {
    const opened = await open(1);
    await opened.intake.take([predict(opened)]);
    assert.deepEqual([opened.intake.held.size, counted(opened)], [1, 0]);
    aheadMs = dayMs;
    await opened.close();
    assert.deepEqual([opened.intake.held.size, counted(opened)], [0, 1]);
  });

  it('count an outcome of a former version of the service if it was not due when that saved last', async () => {
    const first = await open(1);
    const lines = [1.8, 1.2].map((days) =>
      JSON.stringify({ ...predict(first, Date.now() - days * dayMs), prediction: 'good' }),
    );
    await first.close();
    const saved = new Date(Date.now() - 0.5 * dayMs);
    await utimes(join(folder.path, 'models', `${digest(first)}.immature.json`), saved, saved);
    await folder.write('outcomes.jsonl', `${lines.join('\n')}\n`);
    const second = await open(1);
    await second.intake.take([]);
    await scrape(second);
    assert.equal(counted(second), 1);
    await second.close();
  });

  it('keep the predictions of a version that is dropped, but none where outcomes need not be held', async () => {
    for (const maturityDays of [0, 1]) {
      const opened = await open(maturityDays);
      predict(opened);
      for (const other of others) opened.models.add(other);
      assert.equal(opened.models.get(digest(opened)), undefined);
      await opened.close();
      const names = await readdir(join(folder.path, 'models'));
      assert.equal(names.includes(`${digest(opened)}.immature.json`), maturityDays > 0);
    }
  });

  for (const [when, maturityDays, intervalMs, ending] of [
    ['save each minute which predictions are not old enough', 1, 60_000, '.immature.json'],
    ['store each hour which models are in use', 0, 3_600_000, '.json'],
  ] as const) {
    it(`${when}, until they are closed`, async () => {
      mock.timers.enable({ apis: ['setInterval'] });
      const opened = await open(maturityDays);
      const file = join(folder.path, 'models', `${digest(opened)}${ending}`);
      await rm(file, { force: true });
      mock.timers.tick(intervalMs);
      await eventually(() => stat(file));
      await opened.intake.take([predict(opened)]);
      await opened.close();
      await opened.models.kept();
      await rm(file);
      const before = counted(opened);
      aheadMs = dayMs;
      mock.timers.tick(intervalMs);
      assert.equal(counted(opened), before);
      await opened.models.kept();
      await assert.rejects(stat(file), { code: 'ENOENT' });
    });
  }

  it('are told to other replicas by the name that outlives the process', async () => {
    const store = await startRespServer();
    const said: string[] = [];
    store.behave = (command) => {
      said.push(command.join(' '));
      return undefined;
    };
    const opened = await open(0, { OUTCOME_DEDUP_URL: store.url, OUTCOME_MAX_AGE_DAYS: '5' });
    await eventually(() => opened.shared?.getModel('none') ?? assert.fail('no store'));
    await opened.intake.take([predict(opened)]);
    await opened.close();
    await store.close();
    const { owner } = JSON.parse(await readFile(join(folder.path, '.outcomes.jsonl.slot-1.json'), 'utf8'));
    assert.ok(
      said.some((words) => new RegExp(`^SET vigia:outcome:[0-9a-f]+ ${owner} `).test(words)),
      said.join(),
    );
    assert.ok(
      said.some(
        (words) =>
          words.startsWith(`SET vigia:model:${digest(opened)} `) && words.endsWith(`PX ${5 * dayMs}`),
      ),
    );
  });

  it('release their file if the store cannot be opened', async () => {
    await assert.rejects(openAt({ ...configOf(), OUTCOME_DEDUP_URL: 'redis://[' }), /Invalid URL/);
    const opened = await open();
    await opened.intake.take([predict(opened)]);
    await opened.close();
    assert.equal((await readJsonLines(path()))[0].slot, 1);
  });
});
