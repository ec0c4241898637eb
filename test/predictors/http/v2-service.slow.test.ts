import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../../src/model/artifact.ts';
import { scorerOf } from '../../support/model-parts.ts';
import { requirePythonEnvironment } from '../../support/python-environment.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  startTestService,
  type TestService,
} from '../../support/service.ts';
import { scoredRows, scoredTable } from '../scored-rows.ts';

const run = promisify(execFile);
const rows = scoredRows.slice(0, 40).map(({ row }) => row);

describe('a service behind its Open Inference Protocol V2', () => {
  let folder = '';
  let artifact: Artifact;
  let scores: number[];
  let service: TestService;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-v2-'));
    // a linear model of the same rows, of which some have no `tenure` or no `city`
    const table = await readFile(scoredTable, 'utf8');
    const own = table.split('\n').map((line) => line.split(',').slice(0, 6).join());
    await writeFile(join(folder, 'rows.csv'), own.join('\n'));
    const model = join(folder, 'loans.json');
    const options = ['--target', 'outcome', '--positive', 'bad', '--name', 'loans', '--out', model];
    await run(process.execPath, ['bin/vigia.cjs', 'train', '--data', join(folder, 'rows.csv'), ...options], {
      cwd: root,
    });
    artifact = await loadArtifact(model);
    scores = rows.map(scorerOf(artifact));
    assert.ok(rows.some(({ tenure, city }) => tenure === null && city !== null));
    assert.ok(rows.some(({ city }) => city === null));
    service = await startTestService({ MODEL_PATH: model });
  });
  after(async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('can be put behind another one: with the same scores, classes and missing values', async () => {
    const { version: _, ...content } = artifact;
    const predictor = {
      kind: 'http',
      protocol: 'v2',
      url: `${service.api}/v2/models/loans/infer`,
      score: 'score',
      prediction: 'prediction',
    } as const;
    const path = join(folder, 'front.json');
    await writeFile(path, formatArtifact(sealArtifact({ ...content, name: 'front', predictor })));
    const front = await startTestService({ MODEL_PATH: path });
    try {
      const { status, body } = await postJson(`${front.api}/predict`, rows);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(
        body.map(({ score }: any) => score),
        scores,
      );
      const { value } = artifact.output.threshold;
      assert.deepEqual(
        body.map(({ prediction }: any) => prediction),
        scores.map((score) => (score >= value ? 'bad' : 'good')),
      );
      for (const each of [front, service]) {
        await eventually(async () =>
          assert.deepEqual(
            (await readJsonLines(each.samplesPath)).map(({ score }) => score),
            scores,
          ),
        );
      }
      assert.equal((await postJson(`${front.api}/predict`, rows[0])).body.score, scores[0]);
    } finally {
      await front.stop();
    }
  });

  it("answers Triton's client and MLServer's data frames", async function () {
    this.timeout(600_000);
    const python = await requirePythonEnvironment(
      this,
      join(root, 'test/predictors/fixtures/requirements.txt'),
      'python 3.11',
    );
    const path = join(folder, 'rows.json');
    await writeFile(path, JSON.stringify(rows));
    const program = join(root, 'test/predictors/http/v2-clients.py');
    const { stdout } = await run(python, [program, new URL(service.api).host, 'loans', path], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const { triton, mlserver } = JSON.parse(stdout);
    const { value } = artifact.output.threshold;
    const classes = scores.map((score) => (score >= value ? 'bad' : 'good'));
    assert.deepEqual(triton, {
      live: true,
      ready: true,
      other: false,
      server: 'vigia',
      id: "asked by Triton's client",
      scores,
      predictions: classes,
      scoresAlone: scores,
      refusal: ['422', '/inputs must have one named "income"'],
    });
    const { whole, wholeRows, ...all } = mlserver;
    assert.deepEqual(all, { scores, predictions: classes });
    assert.ok(wholeRows.length > 0 && wholeRows.length < rows.length);
    assert.deepEqual(
      whole.scores,
      wholeRows.map((i: number) => scores[i]),
    );
  });
});
