import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { checkRoles } from '../../src/deployments/model-roles.ts';
import { createShadows } from '../../src/deployments/shadows.ts';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { createShadowPairs } from '../../src/outcomes/shadow-pairs.ts';
import { createShadowScores } from '../../src/outcomes/shadow-scores.ts';
import type { Predictor } from '../../src/predictors/predictor.ts';
import { readConfig } from '../../src/settings/config.ts';
import { type RunningService, startService } from '../../src/start-service.ts';
import { createRandom } from '../../src/stats/random.ts';
import { scrape } from '../support/load.ts';
import { withIntercept } from '../support/model-parts.ts';
import { noTelemetry } from '../support/no-telemetry.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const random = createRandom(3);
const rows = Array.from({ length: 60 }, () => ({
  age: Math.round(20 + 50 * random()),
  limit: Math.round(500 + 9000 * random()),
  history: random() < 0.5 ? 'good' : 'bad',
}));

/** The credit model and, under another name, one that finds more rows bad. */
async function championAndShadow(): Promise<[Artifact, Artifact]> {
  const credit = await loadArtifact(join(root, 'models/credit.json'));
  return [credit, sealArtifact({ ...withIntercept(credit, 0.7), name: 'challenger' })];
}

async function putModels(folder: string): Promise<string> {
  const paths: string[] = [];
  for (const artifact of await championAndShadow()) {
    paths.push(join(folder, `${artifact.name}.json`));
    await writeFile(paths.at(-1) ?? '', formatArtifact(artifact));
  }
  return paths.join(',');
}

describe('a shadow', () => {
  let service: TestService;
  let atStart: string;
  const answers: any[] = [];
  const performance = async () => (await (await fetch(`${service.admin}/performance`)).json()) as any;
  const outcomeOf = (i: number) => (i % 3 === 0 ? 'bad' : 'good');
  const ofShadow = new Map<string, { score: number; prediction: string }>();

  before(async () => {
    const folder = await temporaryFolder();
    const MODEL_PATH = await putModels(folder.path);
    service = await startTestService({ MODEL_PATH, SHADOW_MODELS: 'challenger' }, folder.path);
    atStart = await scrape(service);
    for (const row of rows.slice(0, 20)) answers.push((await postJson(`${service.api}/predict`, row)).body);
    answers.push(...(await postJson(`${service.api}/predict`, rows.slice(20))).body);
  });
  after(() => service?.stop());

  it('scores the rows that the only other model answers, and counts under its own name', async () => {
    assert.deepEqual(new Set(answers.map(({ model }) => model.name)), new Set(['credit']));
    const text = await eventually(async () => {
      const found = await scrape(service);
      assert.equal(seriesValue(found, 'model_score_count', { model: 'challenger' }), rows.length);
      return found;
    });
    assert.equal(seriesValue(text, 'model_score_count', { model: 'credit' }), rows.length);
    assert.equal(seriesValue(text, 'model_feature_value_count', { model: 'challenger', feature: 'age' }), 60);
    for (const reason of ['queue_full', 'failed', 'other_classes']) {
      const labels = { model: 'credit', shadow: 'challenger', reason };
      assert.equal(seriesValue(text, 'model_shadow_rows_dropped_total', labels), 0);
    }
  });

  it('is said at the start', () => {
    assert.match(service.stderr(), /^Model {4}credit \w+, 3 features, also at \/predict$/m);
    assert.match(service.stderr(), /^Model {4}challenger \w+, 3 features, shadow of credit$/m);
  });

  it('has all of its series before the first row, so that an increase misses none', () => {
    const pair = { model: 'credit', shadow: 'challenger' };
    const agreement = { ...pair, prediction: 'good', shadow_prediction: 'bad' };
    assert.equal(seriesValue(atStart, 'model_agreement_total', agreement), 0);
    assert.equal(seriesValue(atStart, 'model_shadow_outcomes_total', { ...pair, right: 'shadow' }), 0);
    assert.equal(seriesValue(atStart, 'model_shadow_rows_dropped_total', { ...pair, reason: 'failed' }), 0);
  });

  it('stores a sample under the id that the caller received, with the score that it gives on request', async () => {
    const lines = await eventually(async () => {
      const found = (await readJsonLines(service.samplesPath)).filter(({ model }) => model === 'challenger');
      assert.equal(found.length, rows.length);
      return found;
    });
    for (const line of lines) ofShadow.set(line.id, line);
    assert.deepEqual(
      [...ofShadow.keys()],
      answers.map(({ id }) => id),
    );
    const asked = await postJson(`${service.api}/models/challenger/predict`, rows[0]);
    assert.equal(asked.body.score, ofShadow.get(answers[0].id)?.score);
    assert.notEqual(asked.body.score, answers[0].score);
  });

  it('is compared with the model that answers', async () => {
    const text = await scrape(service);
    const expected = Map.groupBy(
      answers,
      ({ id, prediction }) => `${prediction} ${ofShadow.get(id)?.prediction}`,
    );
    assert.ok((expected.get('good bad')?.length ?? 0) > 0, 'they differ');
    for (const prediction of ['good', 'bad']) {
      for (const shadow_prediction of ['good', 'bad']) {
        const labels = { model: 'credit', shadow: 'challenger', prediction, shadow_prediction };
        assert.equal(
          seriesValue(text, 'model_agreement_total', labels),
          expected.get(`${prediction} ${shadow_prediction}`)?.length ?? 0,
        );
      }
    }
    const [pair] = (await performance()).shadows;
    assert.equal(pair.rows, rows.length);
    assert.equal(pair.outcomes, 0);
    assert.deepEqual(pair.accuracy, { champion: null, shadow: null, difference: null });
  });

  it('also gets the outcome of the id, once, and the two are compared on the rows that have one', async () => {
    const outcomes = answers.map(({ id }, i) => ({ id, outcome: outcomeOf(i) }));
    for (const sent of [outcomes.slice(0, 50), outcomes]) {
      await postJson(`${service.admin}/outcomes`, sent);
    }
    const { models, shadows } = await performance();
    for (const { model, sinceStart } of models) {
      assert.equal(sinceStart.realised.samples, rows.length, model.name);
    }
    const [pair] = shadows;
    assert.deepEqual([pair.champion.name, pair.shadow.name, pair.outcomes], ['credit', 'challenger', 60]);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const figures = (said: { score: number; prediction: string }[]) => ({
      accuracy: mean(said.map(({ prediction }, i) => Number(prediction === outcomeOf(i)))),
      brierScore: mean(said.map(({ score }, i) => (score - Number(outcomeOf(i) === 'bad')) ** 2)),
    });
    for (const [who, name] of Object.entries({ champion: 'credit', shadow: 'challenger' })) {
      const { realised } = models.find(({ model }: any) => model.name === name).sinceStart;
      assert.ok(Math.abs(pair.rocAuc[who] - realised.rocAuc.value) < 1e-12, who);
    }
    assert.equal(pair.rocAuc.difference, null, 'of 20 positives');
    const champion = figures(answers);
    const shadow = figures(answers.map(({ id }) => ofShadow.get(id)!));
    for (const name of ['accuracy', 'brierScore'] as const) {
      const { difference, ...found } = pair[name];
      assert.ok(Math.abs(found.champion - champion[name]) < 1e-12, name);
      assert.ok(Math.abs(found.shadow - shadow[name]) < 1e-12, name);
      assert.ok(Math.abs(difference.value - (shadow[name] - champion[name])) < 1e-12, name);
      assert.ok(difference.low < difference.value && difference.value < difference.high, name);
    }
    const text = await scrape(service);
    const rightOf = (right: string) =>
      seriesValue(text, 'model_shadow_outcomes_total', { shadow: 'challenger', right }) ?? Number.NaN;
    assert.equal(rightOf('both') + rightOf('champion'), Math.round(60 * champion.accuracy));
    assert.equal(rightOf('both') + rightOf('shadow'), Math.round(60 * shadow.accuracy));
  });

  it('is evaluated from files by the outcomes of the model that it follows', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        'bin/vigia.cjs',
        'evaluate',
        ...['--model', join(service.folder, 'challenger.json'), '--json'],
        ...['--live', service.samplesPath, '--outcomes', service.outcomesPath],
      ],
      { cwd: root },
    );
    const [{ accuracy, brierScore, rocAuc, champion }] = (await performance()).shadows;
    const evaluation = JSON.parse(stdout);
    assert.equal(evaluation.samples, rows.length);
    assert.ok(Math.abs(evaluation.accuracy - accuracy.shadow) < 1e-12);
    const [beside] = evaluation.besideChampions;
    assert.deepEqual([beside.champion, beside.outcomes], [champion, rows.length]);
    assert.deepEqual(beside.accuracy, accuracy);
    for (const who of ['champion', 'shadow']) {
      assert.ok(Math.abs(beside.brierScore[who] - brierScore[who]) < 1e-9, who);
      assert.ok(Math.abs(beside.rocAuc[who] - rocAuc[who]) < 0.02, 'the service has the AUC of the bins');
    }
    assert.equal(beside.rocAuc.shadow, evaluation.rocAuc);
  });

  it('must exist', async () => {
    const start = (env: Record<string, string>) => startTestService({ MODEL_PATH: service.folder, ...env });
    await using folder = await temporaryFolder();
    const MODEL_PATH = await putModels(folder.path);
    await assert.rejects(
      start({ MODEL_PATH, SHADOW_MODELS: 'none' }),
      /SHADOW_MODELS=none: there is no model none/,
    );
    await assert.rejects(
      start({ MODEL_PATH, SHADOW_MODELS: 'credit', DEFAULT_MODEL: 'credit' }),
      /SHADOW_MODELS=credit: credit cannot be its own shadow/,
    );
  });

  it('must have the classes of the model that it follows, and predict here', async () => {
    const roles = { SHADOW_MODELS: ['challenger'] };
    const [credit, challenger] = await championAndShadow();
    const other = { ...challenger, output: { ...challenger.output, positive: 'no' } };
    assert.throws(() => checkRoles([credit, other], roles), /has different classes from credit/);
    const watched = ({ predictor: _, ...artifact }: Artifact): Artifact => artifact;
    assert.throws(() => checkRoles([credit, watched(challenger)], roles), {
      message: 'SHADOW_MODELS=challenger: challenger is only watched: its file has no predictor',
    });
    assert.throws(() => checkRoles([challenger], roles), {
      message: 'SHADOW_MODELS=challenger: no model is left that they could follow',
    });
    checkRoles([credit, challenger], roles);
    checkRoles([watched(credit), challenger], roles);
    checkRoles([watched(credit), watched(challenger)], {});
  });

  it('scores what was predicted elsewhere, too, and gets its outcomes', async () => {
    const [before] = (await performance()).shadows;
    const time = new Date(Date.now() - 86_400_000).toISOString();
    const observations = rows.slice(0, 5).map((features) => ({
      features: { ...features, unknown: 1 },
      ...{ score: 0.3, prediction: 'bad', key: 'k', time },
    }));
    const sent = await postJson(`${service.admin}/observations`, [...observations, { score: 0.3 }]);
    assert.equal(sent.body.accepted, 5);
    const [pair] = await eventually(async () => {
      const { shadows } = await performance();
      assert.equal(shadows[0].rows, before.rows + 5);
      return shadows;
    });
    const bad = ({ predictions }: any) =>
      predictions.reduce((sum: number, { champion, rows }: any) => sum + (champion === 'bad' ? rows : 0), 0);
    assert.equal(bad(pair), bad(before) + 5, 'the class is that of the observation');
    const ids = sent.body.ids.slice(0, 5);
    const samples = await eventually(async () => {
      const all = await readJsonLines(service.samplesPath);
      const found = all.filter(({ id, model }) => model === 'challenger' && ids.includes(id));
      assert.equal(found.length, 5);
      return found;
    });
    for (const sample of samples) {
      assert.equal(sample.score, ofShadow.get(answers[ids.indexOf(sample.id)].id)?.score);
      assert.equal(sample.time, time);
    }
    await postJson(
      `${service.admin}/outcomes`,
      ids.map((id: string) => ({ id, outcome: 'good' })),
    );
    assert.equal((await performance()).shadows[0].outcomes, before.outcomes + 5);
  });
});

describe('a shadow of a model that is only watched', () => {
  let service: TestService;
  after(() => service?.stop());

  it('scores its observations', async () => {
    const folder = await temporaryFolder();
    const MODEL_PATH = await putModels(folder.path);
    const { predictor: _, version: __, ...watched } = await loadArtifact(join(folder.path, 'credit.json'));
    await writeFile(join(folder.path, 'credit.json'), formatArtifact(sealArtifact(watched)));
    service = await startTestService({ MODEL_PATH, SHADOW_MODELS: 'challenger' }, folder.path);
    const observations = rows.map((features) => ({ features, score: 0.3 }));
    assert.equal((await postJson(`${service.admin}/observations`, observations)).status, 202);
    await eventually(async () => {
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      assert.equal(seriesValue(text, 'model_score_count', { model: 'challenger' }), rows.length);
    });
  });
});

describe('a shadow that is slow or fails', () => {
  let running: RunningService;
  const said: string[] = [];
  const folders: AsyncDisposable[] = [];

  before(async () => {
    const folder = await temporaryFolder();
    folders.push(folder);
    const config = readConfig({
      PORT: '0',
      ADMIN_PORT: '0',
      MODEL_PATH: await putModels(folder.path),
      SAMPLES_PATH: join(folder.path, 's.jsonl'),
      OUTCOMES_PATH: join(folder.path, 'o.jsonl'),
      SAMPLES_RATIO: '0',
      LOG_LEVEL: 'silent',
      MAX_EVENT_LOOP_DELAY_MS: '5000',
    });
    running = await startService({ ...config, DEFAULT_MODEL: 'credit' }, noTelemetry());
  });
  after(async () => {
    await running.stop();
    for (const folder of folders) await folder[Symbol.asyncDispose]();
  });

  /** Makes the challenger a shadow that answers in this way. */
  function follow(predict: Predictor['predict'], changes: Partial<Deployment> = {}) {
    const { service } = running;
    const { deployments } = service;
    const challenger = deployments.get('challenger') ?? assert.fail('no challenger');
    const shadow = { ...challenger, predictor: { predict }, ...changes };
    const pairs = createShadowPairs(service.models);
    const scores = createShadowScores(16);
    const shadows = createShadows({
      names: ['challenger'],
      deployments: { ...deployments, default: deployments.default, get: () => shadow },
      records: service,
      scores,
      pairs,
      onProblem: (message) => said.push(message),
    });
    Object.assign(service, { shadows });
    const dropped = () => {
      const metric = shadows
        .metrics()
        .find(({ descriptor }) => descriptor.name === 'model.shadow.rows_dropped');
      const points = metric?.dataPoints as unknown as { attributes: { reason: string }; value: number }[];
      return Object.fromEntries(points.map(({ attributes: { reason }, value }) => [reason, value]));
    };
    return { dropped, shadows };
  }
  const scored = () =>
    running.service.deployments.get('challenger')?.counts.predictions.reduce((a, b) => a + b, 0);
  const ask = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const { status, body } = await postJson(`${running.apiUrl}/predict`, rows[i % rows.length]);
      assert.equal(status, 200);
      assert.equal(body.model.name, 'credit');
    }
  };

  it('changes no answer when it throws, synchronously or later; that is counted, and reported once', async () => {
    const throws = follow(() => {
      throw new Error('no memory');
    });
    await ask(20);
    await eventually(() => assert.equal(throws.dropped().failed, 20));
    const rejects = follow(async () => {
      throw new Error('no network');
    });
    await ask(20);
    await eventually(() => assert.equal(rejects.dropped().failed, 20));
    const wrong = follow((some) => some.map(() => ({ score: Number.NaN })));
    await ask(20);
    await eventually(() => assert.equal(wrong.dropped().failed, 20));
    assert.equal(said.length, 3);
    assert.match(said[0], /^the shadow challenger cannot score: .*no memory/);
    assert.equal(scored(), 0);
  });

  /** Sends observations without samples whose ids are not requested: they have none. */
  const observe = async (count: number) => {
    const batch = Array.from({ length: count }, (_, i) => ({ features: rows[i % rows.length], score: 0.5 }));
    const { body } = await postJson(`${running.adminUrl}/observations?ids=false`, batch);
    assert.deepEqual(body, { accepted: count, invalid: [] });
  };

  it('delays no answer when it never finishes: rows that do not fit are dropped and counted', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let asked = 0;
    const { dropped } = follow(async (some) => {
      asked += some.length;
      await promise;
      return some.map(() => ({ score: 0.5 }));
    });
    await observe(10_000);
    await eventually(() => assert.equal(asked, 1));
    await observe(2_000);
    await ask(20);
    assert.equal(asked, 1);
    assert.equal(dropped().queue_full, 2_020 - 1);
    resolve();
    await eventually(() => assert.equal(scored(), 10_001));
  });

  it('has scored what waited before it is closed, or else says how much was left', async () => {
    const before = scored() ?? 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const { shadows } = follow(async (some) => {
      await promise;
      return some.map(() => ({ score: 0.5 }));
    });
    said.length = 0;
    await observe(500);
    resolve();
    await shadows.idle();
    assert.equal(scored(), before + 500);
    shadows.close();
    assert.deepEqual(said, []);

    const held = Promise.withResolvers<void>();
    const late = follow(async (some) => {
      await held.promise;
      return some.map(() => ({ score: 0.5 }));
    });
    await observe(500);
    late.shadows.close();
    held.resolve();
    await late.shadows.idle();
    assert.deepEqual(said, ['the shadow challenger had 500 rows left to score when the service stopped']);
    assert.equal(scored(), before + 500);
  });

  it('scores nothing while its classes differ, which is counted, and reported once', async () => {
    const { counts } = running.service.deployments.get('challenger') ?? assert.fail('no challenger');
    said.length = 0;
    const { dropped } = follow(() => assert.fail('it is not asked'), {
      counts: { ...counts, classes: ['good', 'ugly'] },
    });
    await ask(20);
    await eventually(() => assert.deepEqual(dropped(), { queue_full: 0, failed: 0, other_classes: 20 }));
    assert.deepEqual(said, [
      'the shadow challenger has different classes from credit: it scores no rows until they agree',
    ]);
  });

  it('is called after the answer has been written', async () => {
    const { httpMetrics } = running.service;
    const answering: number[] = [];
    follow((some) => {
      answering.push(httpMetrics.active);
      return some.map(() => ({ score: 0.5 }));
    });
    for (let i = 0; i < 10; i++) {
      await ask(1);
      await eventually(() => assert.equal(answering.length, i + 1));
    }
    assert.deepEqual(new Set(answering), new Set([0]));
  });
});

describe('two shadows, of which one fails', () => {
  let service: TestService;
  after(() => service?.stop());

  it('are distinguished: the other one’s success does not make each failure a new one', async () => {
    const folder = await temporaryFolder();
    const paths = await putModels(folder.path);
    const { version: _, ...content } = await loadArtifact(join(folder.path, 'challenger.json'));
    const predictor = { kind: 'http', protocol: 'json', url: 'http://127.0.0.1:1/', score: '/score' };
    const broken = join(folder.path, 'broken.json');
    await writeFile(broken, formatArtifact(sealArtifact({ ...content, name: 'broken', predictor })));
    service = await startTestService(
      { MODEL_PATH: `${paths},${broken}`, DEFAULT_MODEL: 'credit', SHADOW_MODELS: 'broken,challenger' },
      folder.path,
    );
    for (const [i, row] of rows.slice(0, 10).entries()) {
      await postJson(`${service.api}/predict`, row);
      await eventually(async () => {
        const text = await (await fetch(`${service.admin}/metrics`)).text();
        const failed = { shadow: 'broken', reason: 'failed' };
        assert.equal(seriesValue(text, 'model_shadow_rows_dropped_total', failed), i + 1);
        assert.equal(seriesValue(text, 'model_score_count', { model: 'challenger' }), i + 1);
      });
    }
    await service.signal('SIGTERM');
    const said = service.logLines().filter(({ event }) => event === 'shadow');
    assert.deepEqual(
      said.map(({ msg }) => msg),
      ["the shadow broken cannot score: the model's server cannot be reached: ECONNREFUSED"],
    );
  });
});

describe('an outcome that becomes due', () => {
  it('counts for a model and for its shadow in the same scrape', async () => {
    const folder = await temporaryFolder();
    const telemetry = noTelemetry();
    const { now } = Date;
    let aheadMs = 0;
    Date.now = () => now() + aheadMs;
    const running = await startService(
      readConfig({
        PORT: '0',
        ADMIN_PORT: '0',
        MODEL_PATH: await putModels(folder.path),
        SHADOW_MODELS: 'challenger',
        SAMPLES_PATH: join(folder.path, 's.jsonl'),
        OUTCOMES_PATH: join(folder.path, 'o.jsonl'),
        OUTCOME_MATURITY_DAYS: '0.5',
        LOG_LEVEL: 'silent',
        MAX_EVENT_LOOP_DELAY_MS: '5000',
      }),
      telemetry,
    );
    const counted = () => {
      const metrics = telemetry.sources.flatMap((source) => source());
      const sum = (name: string) =>
        metrics
          .filter(({ descriptor }) => descriptor.name === name)
          .flatMap(({ dataPoints }) => dataPoints as { value: number }[])
          .reduce((total, { value }) => total + value, 0);
      return ['model.agreement', 'model.outcomes', 'model.shadow.outcomes'].map(sum);
    };
    try {
      const { body } = await postJson(`${running.apiUrl}/predict`, rows[0]);
      await eventually(() => assert.deepEqual(counted(), [1, 0, 0]));
      const taken = await postJson(`${running.adminUrl}/outcomes`, { id: body.id, outcome: 'bad' });
      assert.equal(taken.body.accepted, 1);
      assert.deepEqual(counted(), [1, 0, 0]);
      aheadMs = 13 * 3_600_000;
      assert.deepEqual(counted(), [1, 2, 1]);
    } finally {
      Date.now = now;
      await running.stop();
      await folder[Symbol.asyncDispose]();
    }
  });
});
