import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Attributes } from '@opentelemetry/api';
import { deploy } from '../../src/deployments/deployment.ts';
import { deploymentsInUse, replaceModel } from '../../src/deployments/replace-model.ts';
import type { Service } from '../../src/http/service.ts';
import type { Artifact } from '../../src/model/artifact.ts';
import { maxOthers } from '../../src/outcomes/kept-versions.ts';
import { createKnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { readConfig } from '../../src/settings/config.ts';
import { performanceMetrics } from '../../src/telemetry/outcome-metrics.ts';
import { creditVersions } from '../support/model-versions.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const row = { age: 30, limit: 2000, history: 'good' };

describe('a model that is replaced', () => {
  let versions: Artifact[];
  let folder: string;
  let service: Service;
  let kept: () => Promise<void>;

  beforeEach(async () => {
    versions = await creditVersions(101);
    folder = await mkdtemp(join(tmpdir(), 'vigia-replace-'));
    const models = createKnownModels({
      files: createModelFiles({ folder, maxAgeMs: 86_400_000, onProblem: assert.fail }),
      maturityMs: 0,
      onKnown: () => {},
      onProblem: assert.fail,
    });
    kept = models.kept;
    const deployment = deploy(versions[0], { sampleValues: 'raw', models });
    service = { config: readConfig({}), deployment, retired: [], models } as Partial<Service> as Service;
  });
  afterEach(async () => {
    await kept();
    await rm(folder, { recursive: true });
  });

  /** Counts one prediction, as a request does. */
  const predict = () => {
    const { score, counts, performance } = service.deployment;
    counts.monitor.observe(row, score(row));
    performance.addPrediction(score(row));
    counts.predictions[0]++;
  };
  const series = () => {
    const counts = deploymentsInUse(service).flatMap(({ metrics }) => metrics());
    return [...counts, ...performanceMetrics(service.models)()].flatMap((family) =>
      (family.dataPoints as { attributes: Attributes }[]).map(({ attributes }) => attributes.version),
    );
  };

  it('a hundred times leaves as many series, and as many versions in memory, as three times', async () => {
    const made: WeakRef<object>[] = [];
    const note = () => {
      const { deployment } = service;
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
    const replace = (version: Artifact) => {
      assert.ok(replaceModel(service, version));
      note();
    };
    const next = versions.splice(0).slice(1);
    next.splice(0, 3).forEach(replace);
    const after3 = series().length;
    assert.equal(await alive(), 3 * (1 + maxOthers));
    next.splice(0).forEach(replace);
    assert.equal(series().length, after3);
    assert.equal(new Set(series()).size, 1 + maxOthers);
    assert.equal(made.length, 3 * 101);
    // a register may still hold one more
    const left = await alive();
    assert.ok(left <= 3 * (2 + maxOthers), `${left} are alive`);
  });

  it('is told from the one before by its whole content, and not by its version', () => {
    const [real] = versions;
    assert.equal(replaceModel(service, structuredClone(real)), false);
    const prepared = { ...real, threshold: { ...real.threshold, value: 0.95 } };
    assert.equal(replaceModel(service, prepared), true);
    assert.equal(service.deployment.artifact, prepared);
  });

  it('keeps the counts of the two before it, and goes on with them when one comes back', async () => {
    versions.splice(6);
    const counts = () =>
      deploymentsInUse(service).map((one) => [versions.indexOf(one.artifact), one.counts.predictions[0]]);
    for (const version of versions.slice(1)) {
      predict();
      replaceModel(service, version);
    }
    assert.deepEqual(counts(), [
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    replaceModel(service, versions[3]);
    predict();
    assert.deepEqual(counts(), [
      [4, 1],
      [5, 0],
      [3, 2],
    ]);
    replaceModel(service, versions[0]);
    assert.deepEqual(counts().at(-1), [0, 0], 'one that was dropped begins again');
  });

  it('is not when it is the same', () => {
    const { deployment } = service;
    assert.equal(replaceModel(service, structuredClone(deployment.artifact)), false);
    assert.equal(service.deployment, deployment);
  });
});
