import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Attributes } from '@opentelemetry/api';
import { createDeployments, type Deployments } from '../../src/deployments/deployments.ts';
import { type Artifact, sealArtifact } from '../../src/model/artifact.ts';
import { maxOthers } from '../../src/outcomes/kept-versions.ts';
import { createKnownModels, type KnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { digestModel } from '../../src/outcomes/token.ts';
import { filePredictor } from '../../src/predictors/index.ts';
import { performanceMetrics } from '../../src/telemetry/outcome-metrics.ts';
import { scorerOf } from '../support/model-parts.ts';
import { creditVersions } from '../support/model-versions.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const row = { age: 30, limit: 2000, history: 'good' };

describe('a model that is replaced', () => {
  let versions: Artifact[];
  let folder: string;
  let models: KnownModels;
  let deployments: Deployments;
  let kept: () => Promise<void>;

  beforeEach(async () => {
    versions = await creditVersions(9);
    folder = await mkdtemp(join(tmpdir(), 'vigia-replace-'));
    models = createKnownModels({
      files: createModelFiles({ folder, maxAgeMs: 86_400_000, onProblem: assert.fail }),
      maturityMs: 0,
      onKnown: () => {},
      onProblem: assert.fail,
    });
    kept = models.kept;
    deployments = createDeployments({ sampleValues: 'raw', models });
    replace(versions[0]);
  });
  afterEach(async () => {
    await kept();
    await rm(folder, { recursive: true });
  });

  const path = 'model.json';
  const replace = (artifact: Artifact) =>
    deployments.put({ path, artifact, predictor: filePredictor(artifact) });
  const answering = (name = 'credit') => {
    const deployment = deployments.get(name);
    assert.ok(deployment);
    return deployment;
  };
  const inUse = () => [...deployments.retired(), ...deployments.answering];
  /** Counts one prediction, as a request does. */
  const predict = (name?: string) => {
    const { artifact, monitor, performance } = answering(name);
    const score = scorerOf(artifact);
    monitor.observe(row, score(row));
    performance.addPrediction(score(row));
  };
  const series = () => {
    const counts = inUse().flatMap(({ metrics }) => metrics());
    return [...counts, ...performanceMetrics(models)()].flatMap((family) =>
      (family.dataPoints as { attributes: Attributes }[]).map(({ attributes }) => attributes.version),
    );
  };

  it('thirty times leaves as many series, and as many versions in memory, as three times', async () => {
    const made: WeakRef<object>[] = [];
    const note = () => {
      const deployment = answering();
      made.push(new WeakRef(deployment), new WeakRef(deployment.known), new WeakRef(deployment.artifact));
      predict();
    };
    const alive = async () => {
      await kept();
      // a WeakRef holds what it was asked for until the turn is over
      await nextTurn();
      collectGarbage();
      await nextTurn();
      return made.filter((one) => one.deref() !== undefined).length;
    };
    note();
    versions.length = 0;
    const next = (await creditVersions(31)).slice(1);
    const putNext = (version: Artifact) => {
      assert.ok(replace(version));
      note();
    };
    next.splice(0, 3).forEach(putNext);
    const after3 = series().length;
    assert.equal(await alive(), 3 * (1 + maxOthers));
    next.splice(0).forEach(putNext);
    assert.equal(series().length, after3);
    assert.equal(new Set(series()).size, 1 + maxOthers);
    assert.equal(made.length, 3 * 31);
    // a register may still hold one more
    const left = await alive();
    assert.ok(left <= 3 * (2 + maxOthers), `${left} are alive`);
  });

  it('is distinguished from the previous one by its whole content, not by its version', () => {
    const [real] = versions;
    assert.equal(replace(structuredClone(real)), false);
    const prepared = {
      ...real,
      output: { ...real.output, threshold: { ...real.output.threshold, value: 0.95 } },
    };
    assert.equal(replace(prepared), true);
    assert.equal(answering().artifact, prepared);
  });

  it('keeps the counts of the two before it, and continues with them when one comes back', async () => {
    versions.splice(6);
    const counts = () => inUse().map((one) => [versions.indexOf(one.artifact), one.counts.predictions[0]]);
    for (const version of versions.slice(1)) {
      predict();
      replace(version);
    }
    assert.deepEqual(counts(), [
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    replace(versions[3]);
    predict();
    assert.deepEqual(counts(), [
      [4, 1],
      [5, 0],
      [3, 2],
    ]);
    replace(versions[0]);
    assert.deepEqual(counts().at(-1), [0, 0], 'one that was dropped begins again');
  });

  it('is not when it is the same', () => {
    const deployment = answering();
    assert.equal(replace(structuredClone(deployment.artifact)), false);
    assert.equal(answering(), deployment);
  });

  it('is read from another file from then on, even if it is the same', () => {
    const { artifact } = answering();
    deployments.put({ path: 'other.json', artifact, predictor: undefined });
    assert.equal(deployments.pathOf('credit'), 'other.json');
  });

  it('answers again as far as outcomes are concerned when it comes back', () => {
    replace(versions[1]);
    replace(versions[0]);
    const [first, second] = versions.map((version) => digestModel(version).toString('hex'));
    assert.deepEqual([models.isAnswering(first), models.isAnswering(second)], [true, false]);
  });

  it('releases its predictor once nobody can be waiting for it, and each when the service ends', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const closed: string[] = [];
      for (const artifact of versions) {
        const close = async () => void closed.push(artifact.version);
        deployments.put({ path, artifact, predictor: { predict: () => [], close } });
      }
      const ids = versions.map(({ version }) => version);
      mock.timers.tick(59_999);
      assert.deepEqual(closed, []);
      mock.timers.tick(1);
      // the first one had no predictor that could be closed
      assert.deepEqual(closed, ids.slice(1, -1 - maxOthers));
      await deployments.close();
      assert.deepEqual(closed.slice(-1 - maxOthers).sort(), ids.slice(-1 - maxOthers).sort());
    } finally {
      mock.timers.reset();
    }
  });

  describe('of several', () => {
    const named = (artifact: Artifact, name: string) => {
      const { version: _, ...content } = artifact;
      return sealArtifact({ ...content, name });
    };

    it('leaves the others as they are', () => {
      replace(named(versions[0], 'churn'));
      const [churn, credit] = deployments.answering;
      assert.deepEqual([churn.artifact.name, credit.artifact.name], ['churn', 'credit']);
      assert.equal(deployments.default, undefined);
      replace(versions[1]);
      assert.equal(deployments.get('churn'), churn);
      assert.deepEqual(deployments.retired(), [credit]);
    });

    it('again and again leaves three versions of each, and of all that are gone two', () => {
      const names = ['credit', 'churn', 'fraud'];
      let after3 = 0;
      for (const [i, version] of versions.slice(0, 8).entries()) {
        for (const name of names) {
          replace(named(version, name));
          predict(name);
        }
        replace(named(version, `gone ${i}`));
        deployments.retire(`gone ${i}`);
        if (i === 3) after3 = series().length;
      }
      assert.equal(series().length, after3);
      const left = Map.groupBy(inUse(), ({ artifact }) => artifact.name);
      assert.deepEqual(
        [...left].map(([name, { length }]) => [name, length]).sort(),
        [...names.map((name) => [name, 1 + maxOthers]), ['gone 6', 1], ['gone 7', 1]].sort(),
      );
    });

    it('answers by default if the others are shadows', () => {
      deployments = createDeployments({ shadowNames: ['churn'], sampleValues: 'raw', models });
      replace(named(versions[0], 'churn'));
      assert.equal(deployments.default, undefined);
      replace(versions[0]);
      assert.equal(deployments.default, answering('credit'));
    });

    it('can be chosen by a setting as the default model', () => {
      deployments = createDeployments({ defaultName: 'churn', sampleValues: 'raw', models });
      replace(versions[0]);
      assert.equal(deployments.default, undefined);
      replace(named(versions[0], 'churn'));
      assert.equal(deployments.default, answering('churn'));
    });
  });
});
