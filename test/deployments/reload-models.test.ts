import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { Logger } from 'pino';
import { createDeployments, type Deployments } from '../../src/deployments/deployments.ts';
import { loadModels } from '../../src/deployments/load-models.ts';
import { createReload } from '../../src/deployments/reload-models.ts';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { createKnownModels, type KnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('models whose folder is read again', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let place: string;
  let models: KnownModels;
  let deployments: Deployments;
  let said: string[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    place = join(folder.path, 'served');
    await mkdir(place);
    await put('credit');
    models = createKnownModels({
      files: createModelFiles({
        folder: join(folder.path, 'kept'),
        maxAgeMs: 86_400_000,
        onProblem: assert.fail,
      }),
      maturityMs: 0,
      onKnown: () => {},
      onProblem: assert.fail,
    });
    deployments = createDeployments({ sampleValues: 'raw', models });
    for (const model of (await loadModels([fileOf('credit')])).loaded) deployments.put(model);
    said = [];
  });
  afterEach(async () => {
    await models.kept();
    await folder[Symbol.asyncDispose]();
  });

  const fileOf = (name: string) => join(place, `${name}.json`);
  async function put(name: string, predictor?: Artifact['predictor']): Promise<void> {
    const { version: _, ...content } = await loadArtifact(join(root, 'models/credit.json'));
    const own = predictor === undefined ? {} : { predictor };
    await writeFile(fileOf(name), formatArtifact(sealArtifact({ ...content, name, ...own })));
  }
  const reloading = (
    modelPath = place,
    required: readonly string[] = [],
    check: Pick<KnownModels, 'requireUnique'> = models,
  ) => {
    const say = (level: string) => (_: object, message: string) => said.push(`${level}: ${message}`);
    const logger = { info: say('info'), warn: say('warn'), error: say('error') } as unknown as Logger;
    return createReload({ modelPath, required, deployments, models: check }, logger);
  };
  const reload = (modelPath = place) => reloading(modelPath)();
  const names = () => deployments.answering.map(({ artifact }) => artifact.name);

  it('stay while the folder does not exist', async () => {
    await rename(place, `${place}-away`);
    for (const modelPath of [place, `${place}/`]) {
      said = [];
      await reload(modelPath);
      assert.deepEqual(names(), ['credit']);
      assert.equal(said.length, 1);
      assert.match(said[0], /^error: the model in service stays: .*served\/?: .*no such file/);
    }
    const other = join(folder.path, 'churn.json');
    await mkdir(place);
    await put('churn');
    await rename(fileOf('churn'), other);
    await rm(place, { recursive: true });
    await reload(`${place},${other}`);
    assert.deepEqual(names(), ['churn', 'credit']);
  });

  it('stay if none of the files can be used', async () => {
    await rename(fileOf('credit'), `${fileOf('credit')}.old`);
    await writeFile(fileOf('next'), '{');
    await reload();
    assert.deepEqual(names(), ['credit']);
    assert.match(said[0], /^error: the file is ignored: .*next\.json: not valid JSON/);
    assert.match(
      said[1],
      /^error: the model in service stays: its file is gone, and no other file can be used$/,
    );
    assert.equal(said.length, 2);
  });

  it('stop answering if their file is gone, unless a setting names them', async () => {
    await put('churn');
    await put('fraud');
    await reload();
    for (const name of ['credit', 'churn']) await rm(fileOf(name));
    said = [];
    await reloading(place, ['credit'])();
    assert.deepEqual(names(), ['credit', 'fraud']);
    assert.deepEqual(said, [
      'info: is the same as before',
      'info: no longer answers: its file is gone',
      'error: the model in service stays: its file is gone, but a setting names it',
    ]);
  });

  it('stop answering although another folder, whose name begins as theirs, cannot be read', async () => {
    const kept = join(folder.path, 'kept.json');
    await put('churn');
    await rename(fileOf('churn'), kept);
    await reload(`${place},${kept}`);
    await rm(fileOf('credit'));
    await reload(`${place.slice(0, -1)},${kept}`);
    assert.deepEqual(names(), ['churn']);
  });

  it('are those of the newest reload if one before it takes longer', async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    let isFirst = true;
    const again = reloading(place, [], {
      async requireUnique() {
        if (!isFirst) return;
        begin();
        await held;
      },
    });
    const url = 'http://127.0.0.1:9/score';
    await put('late', { kind: 'http', protocol: 'json', url, score: '/score' });
    const slow = again();
    await begun;
    isFirst = false;
    await rm(fileOf('late'));
    await put('newer');
    await again();
    said = [];
    const closing = mock.method(Agent.prototype, 'destroy');
    goOn();
    await slow;
    closing.mock.restore();
    assert.equal(closing.mock.callCount(), 1, 'what only the late reload has made is closed');
    assert.deepEqual(names(), ['credit', 'newer']);
    assert.deepEqual([...new Set(said)], ['info: was read too late: the model was reloaded in the meantime']);
  });

  it('are told apart by their names alone once there are several, which is said', async () => {
    await put('churn');
    await reload();
    assert.equal(deployments.default, undefined);
    assert.deepEqual(
      said.filter((line) => line.startsWith('warn')),
      ['warn: there is no default model any more: set DEFAULT_MODEL'],
    );
    said = [];
    await reload();
    assert.deepEqual(
      said.map((line) => line.split(':')[0]),
      ['info', 'info'],
    );
  });
});
