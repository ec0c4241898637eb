import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Row } from '../../../src/model/row.ts';
import { createOnnxPredictor } from '../../../src/predictors/onnx/onnx-predictor.ts';
import { installation, loadOnnxRuntime, type OnnxRuntime } from '../../../src/predictors/onnx/runtime.ts';
import { type OnnxSettings, onnxSettings } from '../../../src/predictors/onnx/settings.ts';
import { type Prediction, type Predictor, PredictorFailure } from '../../../src/predictors/predictor.ts';
import { requireNodePackage } from '../../support/node-package.ts';
import { root } from '../../support/service.ts';
import { scoredRows } from '../scored-rows.ts';
import { categorical, creditModel, creditRow, numeric, sparseRow } from '../watched-model.ts';

const fixtures = join(root, 'test/predictors/fixtures');
const sha256Of = (path: string) => hash('sha256', readFileSync(join(fixtures, path)));
const settingsOf = (path: string, given: object = {}): OnnxSettings =>
  onnxSettings.parse({ kind: 'onnx', path, sha256: sha256Of(path), ...given });

const rows = scoredRows.map(({ row }) => row);

const numbersModel = { ...creditModel, features: [numeric('income', false), numeric('age', false)] };
const asMatrix = { inputs: [{ name: 'numbers', features: ['income', 'age'] }] };

/** Asserts that the scores are within 1e-6 of scikit-learn's probabilities. */
function assertScores(predictions: readonly Prediction[], expected: 'score' | 'scoreOfNumbers'): void {
  assert.equal(predictions.length, scoredRows.length);
  for (const [i, { score }] of predictions.entries()) {
    const difference = Math.abs(score - scoredRows[i][expected]);
    assert.ok(difference < 1e-6, `row ${i}: ${score}, not ${scoredRows[i][expected]}`);
  }
}

async function assertRefused(asked: Promise<unknown>, says: RegExp): Promise<void> {
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof PredictorFailure);
    assert.equal(error.reason, 'refused');
    assert.match(error.message, says);
    return true;
  });
}

for (const name of ['onnxruntime-web', 'onnxruntime-node'] as const) {
  describe(`an ONNX model, run by ${name}`, () => {
    let runtime: OnnxRuntime;
    const made: Predictor[] = [];
    const make = async (path: string, given: object = {}, model = creditModel) => {
      const predictor = await createOnnxPredictor(
        settingsOf(path, given),
        model,
        { folder: fixtures },
        async () => runtime,
      );
      made.push(predictor);
      return predictor;
    };
    const scores = async (predictor: Predictor, given: readonly Row[]) =>
      (await predictor.predict(given)).map(({ score }) => score);

    before(async function () {
      // the command that an operator is told to run to install it
      const [command] = /\S+=skip npm install .*?(?= \()/.exec(installation) ?? [''];
      const from =
        name === 'onnxruntime-web' ? undefined : await requireNodePackage(this, `${command}@1.30.0`, name);
      runtime = await loadOnnxRuntime((asked) => {
        if (asked === name) return import(from ?? name);
        throw notFound(asked);
      });
    });

    afterEach(() => Promise.all(made.splice(0).map((predictor) => predictor.close?.())));

    it('predicts the same as scikit-learn, for numbers, texts and missing values', async () => {
      assert.ok(rows.some(({ tenure }) => tenure === null) && rows.some(({ city }) => city === null));
      assertScores(await (await make('credit.onnx')).predict(rows), 'score');
    });

    it('predicts the same for a single row', async () => {
      const predictor = await make('credit.onnx');
      const alone = await Promise.all(rows.slice(0, 50).map(async (row) => scores(predictor, [row])));
      assert.deepEqual(alone.flat(), await scores(predictor, rows.slice(0, 50)));
    });

    it('takes the class from the output that the model file names', async () => {
      const predictions = await (await make('credit.onnx', { prediction: 'label' })).predict(rows);
      assert.ok(predictions.some(({ prediction }) => prediction === 'bad'));
      for (const { score, prediction } of predictions) assert.equal(prediction, score > 0.5 ? 'bad' : 'good');
    });

    it('takes a category that was never seen', async () => {
      const [score] = await scores(await make('credit.onnx'), [{ ...creditRow, city: 'Faro' }]);
      assert.ok(score > 0 && score < 1);
    });

    it('treats a missing number as NaN, and a missing text as the one that the model file names', async () => {
      const predictor = await make('credit.onnx');
      const { tenure: _, ...without } = creditRow;
      const [given, absent, isNull] = await scores(predictor, [
        creditRow,
        without,
        { ...creditRow, tenure: null },
      ]);
      assert.notEqual(given, absent);
      assert.equal(absent, isNull);
      const named = await make('credit.onnx', { missingText: 'Évora' });
      assert.deepEqual(
        await scores(named, [sparseRow, { ...sparseRow, city: 'Évora' }]),
        await scores(predictor, [
          { ...sparseRow, city: 'Évora' },
          { ...sparseRow, city: 'Évora' },
        ]),
      );
    });

    it('fills one input with several features', async () => {
      assertScores(
        await (await make('numbers.onnx', asMatrix, numbersModel)).predict(rows),
        'scoreOfNumbers',
      );
    });

    it('runs a model that was exported for one row', async () => {
      assertScores(
        await (await make('one-row.onnx', asMatrix, numbersModel)).predict(rows),
        'scoreOfNumbers',
      );
    });

    it('takes the column of the positive class, or the one that the model file says', async () => {
      const ofGood = { ...creditModel, output: { positive: 'good', negative: 'bad' } };
      const [bad] = await scores(await make('credit.onnx'), [creditRow]);
      const [good] = await scores(await make('credit.onnx', {}, ofGood), [creditRow]);
      const [told] = await scores(await make('credit.onnx', { positiveColumn: 1 }), [creditRow]);
      assert.ok(Math.abs(bad + good - 1) < 1e-6);
      assert.equal(told, good);
      const beyond = await make('credit.onnx', { positiveColumn: 2 });
      await assert.rejects(Promise.resolve(beyond.predict([creditRow])), /2 numbers for 1 rows/);
    });

    it('gives others a turn while it predicts many rows, and stops when nobody waits', async () => {
      const predictor = await make('credit.onnx');
      const many = Array.from({ length: 2_560 }, (_, i) => rows[i % rows.length]);
      let turns = 0;
      let isDone = false;
      const takeTurns = () => {
        if (isDone) return;
        turns++;
        setImmediate(takeTurns);
      };
      takeTurns();
      assert.equal((await predictor.predict(many)).length, many.length);
      isDone = true;
      assert.ok(turns >= 10, `${turns} turns`);
      const waiting = new AbortController();
      const asked = predictor.predict(many, { signal: waiting.signal });
      waiting.abort();
      await assert.rejects(Promise.resolve(asked), { reason: 'aborted' });
    });

    it('refuses a text where the model takes numbers, and a fraction where it takes whole ones', async () => {
      const model = { ...creditModel, features: [...creditModel.features] };
      model.features[0] = categorical('income', false, ['1']);
      await assertRefused(
        scores(await make('credit.onnx', {}, model), [{ ...creditRow, income: 'much' }]),
        /"income".*takes numbers/,
      );
      await assertRefused(
        scores(await make('credit.onnx'), [{ ...creditRow, age: 23.5 }]),
        /"age".*whole numbers/,
      );
    });

    it('is not made from a file that is not one, or that returns its probabilities as maps', async () => {
      await assert.rejects(make('make.py'), /make\.py: is not an ONNX model that can be run: [^\n]+$/);
      await assert.rejects(make('zipmap.onnx', asMatrix, numbersModel), /zipmap off/);
    });

    it('is not made if features and inputs do not match', async () => {
      const others = { ...creditModel, features: creditModel.features.slice(0, 4) };
      await assert.rejects(
        make('credit.onnx', {}, others),
        /no feature is named like its input "city"; list the features/,
      );
      const more = { ...creditModel, features: [...creditModel.features, numeric('debt', false)] };
      await assert.rejects(
        make('credit.onnx', {}, more),
        /the ONNX model has no input "debt"; list the features/,
      );
      const grouped = { inputs: [{ name: 'income', features: ['income', 'age'] }] };
      await assert.rejects(make('credit.onnx', grouped), /no feature is named like its input "age"/);
      const three = { inputs: [{ name: 'numbers', features: ['income', 'age', 'tenure'] }] };
      await assert.rejects(
        make('numbers.onnx', three, { ...creditModel, features: creditModel.features.slice(0, 3) }),
        /"numbers" of the ONNX model has 2 columns, but is given 3 features: "income", "age", "tenure"/,
      );
      const nullable = { ...creditModel, features: [...creditModel.features] };
      nullable.features[1] = numeric('age', true);
      await assert.rejects(
        make('credit.onnx', {}, nullable),
        /whole numbers, which cannot be missing, but "age" may be/,
      );
    });

    it('is not made from outputs that do not exist', async () => {
      await assert.rejects(
        make('credit.onnx', { score: 'p' }),
        /predictor\.score: "p" is not a tensor .*: "label", "prob/,
      );
      await assert.rejects(
        make('credit.onnx', { prediction: 'p' }),
        /predictor\.prediction: "p" is not a tensor/,
      );
    });
  });
}

describe('the runtime of ONNX models', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is onnxruntime-node, or otherwise onnxruntime-web', async () => {
    const asked: string[] = [];
    const web = { env: { wasm: {} } } as OnnxRuntime;
    const loaded = await loadOnnxRuntime(async (name) => {
      asked.push(name);
      if (name === 'onnxruntime-node') throw notFound(name);
      return { default: web };
    });
    assert.equal(loaded, web);
    assert.deepEqual(asked, ['onnxruntime-node', 'onnxruntime-web']);
    assert.deepEqual(web.env.wasm, { numThreads: 1 });
  });

  it('is named with the command that installs it, if it is missing', async () => {
    // outside this project, whose packages it would find
    await copyFile(join(root, 'src/predictors/onnx/runtime.ts'), join(folder, 'runtime.ts'));
    const code = `const { loadOnnxRuntime } = await import('./runtime.ts');
      await loadOnnxRuntime().catch(({ message }) => console.log(message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
    });
    assert.equal(stdout.trim(), installation);
    assert.match(stdout, /ONNXRUNTIME_NODE_INSTALL=skip npm install --no-save onnxruntime-node/);
  });

  it('says why it cannot be loaded, if it is installed', async () => {
    const broken = loadOnnxRuntime(async () => {
      throw new Error('libonnxruntime.so.1: cannot open shared object file');
    });
    await assert.rejects(broken, { message: /^onnxruntime-node cannot be loaded: libonnxruntime/ });
    const lacksAnother = loadOnnxRuntime(async () => {
      throw notFound('onnxruntime-common');
    });
    await assert.rejects(
      lacksAnother,
      /onnxruntime-node cannot be loaded: Cannot find package 'onnxruntime-common'/,
    );
  });

  it('gets no file other than the one that was profiled', async () => {
    const settings = settingsOf('credit.onnx');
    const make = (path: string) => createOnnxPredictor({ ...settings, path }, creditModel, { folder });
    await assert.rejects(make('none.onnx'), {
      message: `${join(folder, 'none.onnx')}: cannot read the ONNX model: no such file`,
    });
    await writeFile(join(folder, 'other.onnx'), 'other');
    await assert.rejects(
      make('other.onnx'),
      /other\.onnx: is not the file that .* its SHA-256 is d9298a10d1b0735837/,
    );
  });
});

function notFound(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}' imported from somewhere`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
}
