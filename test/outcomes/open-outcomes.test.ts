import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { openOutcomes } from '../../src/outcomes/open-outcomes.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { readConfig } from '../../src/settings/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 86_400_000;
const tokens = createTokens([Buffer.from('a key that is long enough')]);

describe('what outcomes need, opened together', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let artifact: Artifact;
  let problems: string[];

  before(async () => {
    artifact = await loadArtifact('models/credit.json');
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    problems = [];
  });
  afterEach(async () => {
    assert.deepEqual(problems, []);
    await folder[Symbol.asyncDispose]();
  });

  async function open(maturityDays = 0, others: readonly string[] = []) {
    const config = readConfig({
      OUTCOMES_PATH: join(folder.path, 'outcomes.jsonl'),
      OUTCOME_MATURITY_DAYS: String(maturityDays),
    });
    const opened = await openOutcomes(
      config,
      async () => others,
      tokens,
      Date,
      (problem) => problems.push(problem),
    );
    const model = opened.models.add(artifact);
    return { ...opened, model };
  }
  type Opened = Awaited<ReturnType<typeof open>>;

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
    const lines = (await readFile(join(folder.path, 'outcomes.jsonl'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual([lines.length, JSON.parse(lines[0]).id], [1, label.id]);
    const files = await readdir(join(folder.path, 'models'));
    assert.ok(files.includes(`${first.model.digest.toString('hex')}.json`), `${files}`);

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
    await second.intake.take([]);
    await scrape(second);
    assert.equal(counted(second), 1);
    await second.close();
  });

  it('do not take an outcome that another replica has stored', async () => {
    const first = await open();
    const label = predict(first);
    await first.intake.take([label]);
    await first.close();
    const path = join(folder.path, 'outcomes.jsonl');
    const other = await folder.write('elsewhere.jsonl', await readFile(path));
    const config = readConfig({ OUTCOMES_PATH: join(folder.path, 'own', 'outcomes.jsonl') });
    const second = await openOutcomes(
      config,
      async () => [other],
      tokens,
      Date,
      (problem) => problems.push(problem),
    );
    second.models.add(artifact);
    const { accepted, duplicate } = await second.intake.take([label]);
    assert.deepEqual([accepted, duplicate], [0, 1]);
    await second.models.kept();
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
    await second.models.kept();
    await second.close();
    const kept = JSON.parse(
      await readFile(
        join(folder.path, 'models', `${first.model.digest.toString('hex')}.immature.json`),
        'utf8',
      ),
    );
    const sum = (slots: typeof held) => slots.flatMap(({ counts }) => counts).reduce((a, b) => a + b, 0);
    assert.equal(sum(kept), sum(held));
  });
});
