import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import type { Artifact } from '../../src/model/artifact.ts';
import { formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import type { Row } from '../../src/model/row.ts';
import {
  type FailureReason,
  type Prediction,
  type Predictor,
  PredictorFailure,
} from '../../src/predictors/predictor.ts';
import { readConfig } from '../../src/settings/config.ts';
import { type RunningService, startService } from '../../src/start-service.ts';
import { metricName } from '../../src/telemetry/prometheus-text.ts';
import { driftReport, runCommand } from '../report/run-command.ts';
import { noTelemetry } from '../support/no-telemetry.ts';
import { eventually, postJson, readJsonLines, root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { age: 30, limit: 2000, history: 'good' };

/** The credit model as another program computes it: its file names no predictor. */
async function watchedCredit(): Promise<Artifact> {
  const { version: _, predictor: __, ...content } = await loadArtifact(join(root, 'models/credit.json'));
  return sealArtifact({ ...content, name: 'own' });
}

/** The same, made from scores without outcomes. */
async function withoutOutcomes(name: string): Promise<Artifact> {
  const { version: _, evaluation: __, ...content } = await watchedCredit();
  const { calibration: ___, score, ...output } = content.output;
  const { positives: ____, prevalence: _____, ...training } = content.training;
  return sealArtifact({
    ...content,
    name,
    output: { ...output, score: { reference: score.reference } },
    training,
  });
}

/** A model played by this test, whose answers can be changed from row to row. */
let answer: (rows: readonly Row[], signal?: AbortSignal) => ReturnType<Predictor['predict']>;
let closed = 0;
const ownPredictor: Predictor = {
  predict: (rows, call) => answer(rows, call?.signal),
  async close() {
    closed++;
  },
};
const later = async (rows: readonly Row[]): Promise<Prediction[]> => {
  await new Promise((resolve) => setImmediate(resolve));
  return rows.map(({ age }) => ({ score: (age as number) / 100 }));
};

describe('a model that computes elsewhere', () => {
  const telemetry = noTelemetry();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let running: RunningService;
  let file: string;
  let samples: string;
  let outcomes: string;

  before(async () => {
    folder = await temporaryFolder();
    [file, samples, outcomes] = ['own.json', 'samples.jsonl', 'outcomes.jsonl'].map((name) =>
      join(folder.path, name),
    );
    const artifact = await watchedCredit();
    await writeFile(file, formatArtifact(artifact));
    const config = readConfig({
      MODEL_PATH: join(root, 'models/credit.json'),
      DEFAULT_MODEL: 'credit',
      PORT: '0',
      ADMIN_PORT: '0',
      SAMPLES_PATH: samples,
      OUTCOMES_PATH: outcomes,
      OUTCOME_MATURITY_DAYS: '0',
      OUTCOME_KEYS: 'a key of at least 16 characters',
      LOG_LEVEL: 'silent',
      MAX_EVENT_LOOP_DELAY_MS: '5000',
    });
    running = await startService(config, telemetry);
    running.service.deployments.put({ path: file, artifact, predictor: ownPredictor });
  });
  after(async () => {
    await running?.stop();
    await folder?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    answer = later;
  });

  const predict = (input: unknown = row) => postJson(`${running.apiUrl}/models/own/predict`, input);
  const own = () => running.service.deployments.get('own') ?? assert.fail('it answers');
  const count = (name: string, labels: Record<string, string> = {}) =>
    telemetry.sources
      .flatMap((source) => source())
      .filter((metric) => metricName(metric) === name)
      .flatMap(({ dataPoints }) => dataPoints as { attributes: Record<string, unknown>; value: number }[])
      .filter(({ attributes }) =>
        Object.entries({ model: 'own', ...labels }).every(([label, value]) => attributes[label] === value),
      )
      .reduce((sum, { value }) => sum + value, 0);
  const sampled = async () => {
    await nextTurn();
    return own().counts.predictions.reduce((sum, predictions) => sum + predictions, 0);
  };

  it('is served, sampled, reported on and evaluated as any other', async () => {
    const items: { id: string; outcome: string }[] = [];
    for (let i = 0; i < 150; i++) {
      const { status, body } = await predict({ ...row, age: 20 + (i % 60) });
      assert.equal(status, 200);
      assert.equal(body.score, (20 + (i % 60)) / 100);
      assert.equal(body.prediction, body.score >= 0.5 ? 'bad' : 'good');
      items.push({ id: body.id, outcome: i % 3 === 0 ? 'bad' : 'good' });
    }
    assert.equal((await postJson(`${running.adminUrl}/outcomes`, items)).body.accepted, 150);
    assert.equal(count('model_predictions_total'), 150);
    await eventually(async () => assert.equal((await readJsonLines(samples)).length, 150));

    const drift = (await (await fetch(`${running.adminUrl}/drift?model=own`)).json()) as any;
    assert.equal(drift.windows['1h'].score.samples, 150);
    assert.equal(drift.windows['1h'].scoreShift, null);
    const report = await driftReport('--model', file, '--live', samples);
    assert.equal(report.model?.name, 'own');
    assert.equal(report.live.samples, 150);
    assert.equal(report.score?.verdict, 'drifting');
    assert.ok(report.features.every(({ logOddsChange }) => logOddsChange === null));
    const evaluated = await runCommand('evaluate', [
      ...['--model', file, '--outcomes', outcomes, '--live', samples, '--json'],
    ]);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.equal(JSON.parse(evaluated.stdout).samples, 150);
    const told = await runCommand('samples', ['--model', file, '--live', samples, '--limit', '1']);
    assert.equal(told.code, 0, told.stderr);
    assert.doesNotMatch(told.stdout, /because of/);
  });

  it('has the class that it says itself, and no reasons', async () => {
    answer = async () => [{ score: 0.3, prediction: 'bad' }];
    const { status, body } = await postJson(`${running.apiUrl}/models/own/predict?explain=true`, row);
    assert.equal(status, 200);
    assert.deepEqual([body.prediction, body.score, 'reasons' in body], ['bad', 0.3, false]);
  });

  it('may answer synchronously', async () => {
    answer = () => [{ score: 0.7 }];
    assert.deepEqual((await predict()).body.prediction, 'bad');
  });

  const failures: [reason: FailureReason, status: number, type: string][] = [
    ['timeout', 504, 'model-timeout'],
    ['unreachable', 502, 'model-failed'],
    ['refused', 502, 'model-failed'],
    ['bad_answer', 502, 'model-failed'],
    ['busy', 503, 'model-busy'],
  ];
  for (const [reason, status, type] of failures) {
    for (const when of ['later', 'at once']) {
      it(`that fails ${when} (${reason}) is reported as ${status}, counted, and leaves nothing else`, async () => {
        const failure = new PredictorFailure(reason, 'the server of the model said no');
        answer = () => {
          if (when === 'later') return Promise.reject(failure);
          throw failure;
        };
        const before = [count('model_predict_failures_total', { reason }), await sampled()];
        const response = await fetch(`${running.apiUrl}/models/own/predict`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(row),
        });
        assert.equal(response.status, status);
        const problem = (await response.json()) as any;
        assert.equal(problem.type, `urn:vigia:problem:${type}`);
        assert.equal(problem.detail, 'the server of the model said no');
        assert.equal(problem.reason, reason);
        assert.equal(response.headers.get('retry-after'), reason === 'busy' ? '1' : null);
        assert.deepEqual(
          [count('model_predict_failures_total', { reason }), await sampled()],
          [before[0] + 1, before[1]],
        );
      });
    }
  }

  const v2Inputs = (count: number) =>
    Object.entries(row).map(([name, value]) => ({
      name,
      shape: [count],
      datatype: typeof value === 'number' ? 'FP64' : 'BYTES',
      data: Array(count).fill(value),
    }));
  const infer = (name: string) =>
    postJson(`${running.apiUrl}/v2/models/${name}/infer`, { inputs: v2Inputs(3) });

  it('is asked once for all rows of a request, and says each class itself', async () => {
    const asked: number[] = [];
    answer = async (rows) => {
      asked.push(rows.length);
      return rows.map((_, i) => ({ score: 0.3, prediction: i === 1 ? 'bad' : 'good' }));
    };
    const before = await sampled();
    const { body } = await predict([row, row, row]);
    assert.deepEqual(
      body.map(({ prediction }: any) => prediction),
      ['good', 'bad', 'good'],
    );
    assert.deepEqual((await infer('own')).body.outputs[1].data, ['good', 'bad', 'good']);
    assert.deepEqual([asked, await sampled()], [[3, 3], before + 6]);
  });

  it('that fails has each row of a request counted, and leaves nothing else', async () => {
    answer = () => Promise.reject(new PredictorFailure('busy', 'the server of the model said no'));
    const before = [count('model_predict_failures_total', { reason: 'busy' }), await sampled()];
    const several = await predict([row, row]);
    assert.deepEqual([several.status, several.body.reason], [503, 'busy']);
    const inferred = await infer('own');
    assert.deepEqual(
      [inferred.status, inferred.body.error, inferred.headers.get('retry-after')],
      [503, 'the server of the model said no', '1'],
    );
    assert.deepEqual(
      [count('model_predict_failures_total', { reason: 'busy' }), await sampled()],
      [before[0] + 5, before[1]],
    );
  });

  const badAnswers: [what: string, predictions: unknown][] = [
    ['nothing', undefined],
    ['something that is not a list', { score: 0.5 }],
    ['no prediction in its place', [undefined]],
    ['no score', [{ score: Number.NaN }]],
    ['a score that is a text', [{ score: '0.5' }]],
    ['a score beyond 1', [{ score: 1.5 }]],
    ['one prediction too many', [{ score: 0.1 }, { score: 0.2 }]],
    ['none', []],
    ['another class', [{ score: 0.1, prediction: 'ugly' }]],
  ];
  for (const [what, predictions] of badAnswers) {
    for (const when of ['later', 'at once']) {
      it(`that answers ${what} ${when} has failed`, async () => {
        const given = predictions as Prediction[];
        answer = () => (when === 'later' ? Promise.resolve(given) : given);
        const before = [count('model_predict_failures_total', { reason: 'bad_answer' }), await sampled()];
        const { status, body } = await predict();
        assert.deepEqual([status, body.reason], [502, 'bad_answer']);
        assert.deepEqual(
          [count('model_predict_failures_total', { reason: 'bad_answer' }), await sampled()],
          [before[0] + 1, before[1]],
        );
      });
    }
  }

  it('may answer with a promise of another realm', async () => {
    answer = () => runInNewContext('Promise').resolve([{ score: 0.7 }]);
    assert.equal((await predict()).body.score, 0.7);
  });

  for (const when of ['later', 'at once']) {
    it(`that breaks ${when} is a fault of the service, which is counted but not revealed to the caller`, async () => {
      const fault = new TypeError('30 is no age');
      answer = () => {
        if (when === 'later') return Promise.reject(fault);
        throw fault;
      };
      for (const [input, rows] of [
        [row, 1],
        [[row, row], 2],
      ] as const) {
        const before = [count('model_predict_failures_total', { reason: 'internal' }), await sampled()];
        const { status, body } = await predict(input);
        assert.deepEqual([status, body.type], [500, 'urn:vigia:problem:internal']);
        assert.doesNotMatch(JSON.stringify(body), /no age/);
        assert.deepEqual(
          [count('model_predict_failures_total', { reason: 'internal' }), await sampled()],
          [before[0] + rows, before[1]],
        );
      }
    });
  }

  it('is told when the caller has gone, and nothing is recorded', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    answer = (_rows, signal) => {
      assert.ok(signal);
      asked.resolve(signal);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () =>
          reject(new PredictorFailure('aborted', 'nobody waits any more')),
        );
      });
    };
    const before = await sampled();
    const call = request(`${running.apiUrl}/models/own/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    call.on('error', () => {});
    call.end(JSON.stringify(row));
    const signal = await asked.promise;
    assert.equal(signal.aborted, false);
    // a client that has only ended its side may still read the answer
    (call.socket ?? assert.fail('it is connected')).resetAndDestroy();
    await eventually(() => assert.equal(count('model_predict_failures_total', { reason: 'aborted' }), 1));
    assert.equal(await sampled(), before);
  });

  it('is refused as a predictor, not as a watched model, where its file names none', async () => {
    const artifact = await withoutOutcomes('bare');
    const path = join(folder.path, 'bare.json');
    await writeFile(path, formatArtifact(artifact));
    running.service.deployments.put({ path, artifact, predictor: undefined });
    const refused = await postJson(`${running.apiUrl}/models/bare/predict`, row);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.type, 'urn:vigia:problem:watched-only');
    const v2 = await infer('bare');
    assert.deepEqual([v2.status, v2.body.error], [409, refused.body.detail]);
    assert.equal((await fetch(`${running.apiUrl}/v2/models/bare/ready`)).status, 409);
    assert.match(
      refused.body.detail,
      /bare is only watched: send the predictions .* to \/models\/bare\/observations/,
    );

    const observations = Array.from({ length: 200 }, (_, i) => ({
      features: { ...row, age: 20 + (i % 50) },
      score: (20 + (i % 50)) / 100,
    }));
    const sent = await postJson(`${running.adminUrl}/models/bare/observations`, observations);
    assert.equal(sent.body.accepted, 200, JSON.stringify(sent.body));
    const items = sent.body.ids.map((id: string, i: number) => ({ id, outcome: i % 2 ? 'bad' : 'good' }));
    assert.equal((await postJson(`${running.adminUrl}/outcomes`, items)).body.accepted, 200);

    const { models } = (await (await fetch(`${running.adminUrl}/performance`)).json()) as any;
    const bare = models.find(({ model }: any) => model.name === 'bare');
    assert.equal(bare.sinceStart.realised.samples, 200);
    assert.ok(bare.sinceStart.realised.rocAuc.value > 0.4);
    for (const part of ['estimated', 'observedExpected', 'calibration', 'scoreMean']) {
      assert.equal(bare.sinceStart[part], null, part);
    }
    for (const part of ['evaluation', 'comparedWith', 'slowOutcomes']) assert.equal(bare[part], null, part);
    assert.match(bare.withoutOutcomes, /--target/);
    for (const name of [
      'model_evaluation',
      'model_evaluation_compared_with',
      'model_score_bin_expected_positives_total',
      'model_predict_failures_total',
    ]) {
      assert.equal(count(name, { model: 'bare' }), 0, name);
    }
    assert.equal(count('model_score_bin_predictions_total', { model: 'bare' }), 200);

    await eventually(async () =>
      assert.ok((await readFile(samples, 'utf8')).split('"model":"bare"').length > 200),
    );
    const report = await runCommand('drift', ['--model', path, '--live', samples]);
    assert.equal(report.code, 0, report.stderr);
    const evaluated = await runCommand('evaluate', [
      ...['--model', path, '--outcomes', outcomes, '--live', samples],
    ]);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.match(evaluated.stdout, /ROC AUC/);
    assert.doesNotMatch(evaluated.stdout, /cross-valid|held out/);
  });

  it('is awaited at the end, and released afterwards', async () => {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<Prediction[]>();
    answer = () => {
      asked.resolve();
      return answered.promise;
    };
    const waiting = predict();
    await asked.promise;
    const stopped = running.stop();
    answered.resolve([{ score: 0.25 }]);
    assert.equal((await waiting).body.score, 0.25);
    await stopped;
    assert.equal(closed, 1);
  });
});
