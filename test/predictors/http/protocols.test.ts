import assert from 'node:assert/strict';
import { createJsonProtocol, jsonSettings } from '../../../src/predictors/http/json.ts';
import { createMlflowProtocol, mlflowSettings } from '../../../src/predictors/http/mlflow.ts';
import { createV2Protocol, v2Settings } from '../../../src/predictors/http/v2.ts';
import { documentedPredictor } from '../make-model.ts';
import { categorical, creditModel, creditRow, numeric, sparseRow } from '../watched-model.ts';

type Given = Record<string, unknown>;
const address = { kind: 'http', url: 'http://host/' };
const rows = [creditRow, sparseRow];
const badAnswer = (says: RegExp) => (error: Error) => {
  assert.equal((error as Error & { reason?: string }).reason, 'bad_answer');
  assert.match(error.message, says);
  return true;
};

/** As deep as no function that calls itself can go. */
const deeplyNested = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));

describe('the Open Inference Protocol V2', () => {
  const make = (given: Given = {}, model = creditModel) =>
    createV2Protocol(v2Settings.parse({ ...address, protocol: 'v2', ...given }), model);
  const answerOf = (data: unknown, shape = [2, 2], name = 'predict_proba') => ({
    model_name: 'credit',
    outputs: [{ name, shape, datatype: 'FP64', data }],
  });

  it('sends one tensor per column, with one value per row', () => {
    const protocol = make({ score: 'predict_proba', prediction: 'predict' });
    const text = { datatype: 'BYTES', parameters: { content_type: 'str' } };
    assert.deepEqual(JSON.parse(protocol.encode(rows)), {
      parameters: { content_type: 'pd' },
      inputs: [
        { name: 'income', shape: [2], datatype: 'FP64', data: [1510.45, 3300.53] },
        { name: 'age', shape: [2], datatype: 'FP64', data: [23, 61] },
        { name: 'tenure', shape: [2], datatype: 'FP64', data: [3.3, null] },
        { name: 'employment', shape: [2], ...text, data: ['employed', 'self-employed'] },
        { name: 'city', shape: [2], ...text, data: ['Évora', null] },
      ],
      outputs: [{ name: 'predict_proba' }, { name: 'predict' }],
    });
  });

  it('sends several features as the columns of one tensor, of the datatype that the model file says', () => {
    const model = { ...creditModel, features: [numeric('a', false), categorical('code', false, ['1', '2'])] };
    const inputs = [{ name: 'x', features: ['code', 'a'], datatype: 'FP32' }];
    const request = JSON.parse(
      make({ inputs }, model).encode([
        { a: 1.5, code: '1' },
        { a: 2, code: 2 },
      ]),
    );
    assert.deepEqual(request, {
      inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP32', data: [1, 1.5, 2, 2] }],
    });
  });

  it('sends categories as texts in the way that the model file writes them, however they came', () => {
    const features = [
      categorical('vip', true, ['True', 'False']),
      categorical('code', false, ['1.0', '2.5']),
      numeric('age', true),
    ];
    const inputs = [{ name: 'age', features: ['age'], datatype: 'BYTES' }];
    const request = JSON.parse(
      make({ inputs }, { ...creditModel, features }).encode([
        { vip: true, code: 1, age: 23 },
        { vip: 'FALSE', code: '2.50', age: null },
        { vip: null, code: 7 },
      ]),
    );
    assert.deepEqual(
      request.inputs.map(({ name, data }: { name: string; data: unknown }) => [name, data]),
      [
        ['age', ['23', null, null]],
        ['vip', ['True', 'False', null]],
        ['code', ['1.0', '2.5', '7']],
      ],
    );
  });

  it('reads the column of the positive class, at its index in sorted order', () => {
    const data = [0.9, 0.1, 0.2, 0.8];
    assert.deepEqual(make().decode(answerOf(data), 2), [{ score: 0.9 }, { score: 0.2 }]);
    const swapped = { ...creditModel, output: { positive: 'good', negative: 'bad' } };
    assert.deepEqual(make({}, swapped).decode(answerOf(data), 2), [{ score: 0.1 }, { score: 0.8 }]);
    const told = make({ positiveColumn: 1 });
    assert.deepEqual(told.decode(answerOf(data), 2), [{ score: 0.1 }, { score: 0.8 }]);
  });

  it('reads nested data, and an output of one column', () => {
    const nested = [
      [0.9, 0.1],
      [0.2, 0.8],
    ];
    assert.deepEqual(make().decode(answerOf(nested), 2), [{ score: 0.9 }, { score: 0.2 }]);
    assert.deepEqual(make().decode(answerOf([0.3, 0.4], [2]), 2), [{ score: 0.3 }, { score: 0.4 }]);
    assert.deepEqual(make().decode(answerOf([0.3, 0.4], [2, 1]), 2), [{ score: 0.3 }, { score: 0.4 }]);
  });

  it('reads the class from the output that the model file names', () => {
    const { outputs } = answerOf([0.9, 0.1, 0.2, 0.8]);
    const classes = { name: 'predict', shape: [2, 1], datatype: 'BYTES', data: ['bad', 'good'] };
    const protocol = make({ score: 'predict_proba', prediction: 'predict' });
    assert.deepEqual(protocol.decode({ outputs: [classes, ...outputs] }, 2), [
      { score: 0.9, prediction: 'bad' },
      { score: 0.2, prediction: 'good' },
    ]);
    const unnamed = make({ prediction: 'predict' });
    assert.equal(JSON.parse(unnamed.encode(rows)).outputs, undefined);
    assert.deepEqual(unnamed.decode({ outputs: [classes, ...outputs] }, 2)[0], {
      score: 0.9,
      prediction: 'bad',
    });
    const other = { ...classes, data: ['bad', 'dubious'] };
    assert.throws(() => protocol.decode({ outputs: [other, ...outputs] }, 2), badAnswer(/neither/));
    const two = { ...classes, shape: [2, 2], data: ['bad', 'good', 'good', 'bad'] };
    assert.throws(
      () => protocol.decode({ outputs: [two, ...outputs] }, 2),
      badAnswer(/4 classes for 2 rows/),
    );
  });

  it('ignores outputs that it does not need', () => {
    const note = { name: 'note', shape: [1], datatype: 'BYTES', data: ['warm'] };
    const { outputs } = answerOf([0.9, 0.1, 0.2, 0.8]);
    const protocol = make({ score: 'predict_proba' });
    assert.deepEqual(protocol.decode({ outputs: [note, ...outputs] }, 2), [{ score: 0.9 }, { score: 0.2 }]);
  });

  const wrong: readonly [what: string, answer: unknown, says: RegExp][] = [
    ['without outputs', { error: 'no' }, /no list of outputs/],
    ['that is null', null, /no list of outputs/],
    ['with an output of null', { outputs: [null] }, /no name/],
    ['with an output without data', { outputs: [{ name: 'a', shape: [2] }] }, /no data/],
    ['of another number of rows', answerOf([0.5, 0.5], [1, 2]), /does not contain the 2 rows/],
    [
      'whose data are too few',
      answerOf([0.5], [2, 2]),
      /does not contain as many values as its shape requires/,
    ],
    ['of no data', answerOf([], [2, 2]), /does not contain as many values as its shape requires/],
    ['of no columns', answerOf([], [2, 0]), /does not contain as many values as its shape requires/],
    [
      'whose shape is of other columns',
      answerOf([1, 0, 0, 1], [2]),
      /does not contain as many values as its shape requires/,
    ],
    [
      'whose rows are not equally long',
      answerOf([[0.1], [0.2, 0.3, 0.4]]),
      /does not contain as many values as/,
    ],
    [
      'of which one row is no list',
      answerOf([[0.1, 0.9], 0.2, 0.8]),
      /does not contain as many values as its shape requires/,
    ],
    [
      'nested deeper than its shape',
      answerOf([[[0.1, 0.9]], [[0.2, 0.8]]]),
      /does not contain as many values as/,
    ],
    ['of nested values', answerOf([deeplyNested, deeplyNested], [2]), /the score is not a number/],
    [
      'nested without end',
      answerOf([deeplyNested, deeplyNested]),
      /does not contain as many values as its shape requires/,
    ],
    [
      'with two outputs',
      { outputs: [...answerOf([1, 1], [2]).outputs, ...answerOf([1, 1], [2], 'b').outputs] },
      /"score"/,
    ],
    ['of labels', answerOf(['bad', 'good'], [2, 1], 'predict'), /classes, not with the probability/],
    ['of logits', answerOf([-2.5, 1.5], [2]), /not a probability/],
  ];
  for (const [what, answer, says] of wrong) {
    it(`accepts no prediction from an answer ${what}`, () => {
      assert.throws(() => make().decode(answer, 2), badAnswer(says));
    });
  }

  it('accepts no prediction from an answer without the output or the column that the model file names', () => {
    const answer = answerOf([0.9, 0.1, 0.2, 0.8]);
    assert.throws(() => make({ score: 'p' }).decode(answer, 2), badAnswer(/no output "p"/));
    assert.throws(
      () => make({ positiveColumn: 2 }).decode(answer, 2),
      badAnswer(/4 numbers for 2 rows, but column 2/),
    );
    const ofThree = { outputs: [{ name: 'p', shape: [1, 3], data: [0.2, 0.3, 0.5] }] };
    assert.throws(() => make().decode(ofThree, 1), badAnswer(/has 3 columns.*"positiveColumn"/));
    assert.deepEqual(make({ positiveColumn: 2 }).decode(ofThree, 1), [{ score: 0.5 }]);
  });
});

describe("MLflow's protocol", () => {
  const make = (given: Given = {}) =>
    createMlflowProtocol(mlflowSettings.parse({ ...address, protocol: 'mlflow', ...given }), creditModel);

  it('sends rows as a data frame, a missing number as Python writes it', () => {
    const text = make().encode(rows);
    assert.equal(text.split('NaN').length, 2);
    assert.deepEqual(JSON.parse(text.replace('NaN', '"NaN"')), {
      dataframe_split: {
        columns: ['income', 'age', 'tenure', 'employment', 'city'],
        data: [
          [1510.45, 23, 3.3, 'employed', 'Évora'],
          [3300.53, 61, 'NaN', 'self-employed', null],
        ],
      },
    });
  });

  it('reads the probability of the positive class from the result of predict_proba', () => {
    const predictions = [
      [0.9, 0.1],
      [0.2, 0.8],
    ];
    assert.deepEqual(make().decode({ predictions }, 2), [{ score: 0.9 }, { score: 0.2 }]);
    assert.deepEqual(make({ score: '/1' }).decode({ predictions }, 2), [{ score: 0.1 }, { score: 0.8 }]);
  });

  it('accepts no probability of three or more classes unless the model file names its index', () => {
    for (const item of [[0.2, 0.3, 0.5], { 0: 0.2, 1: 0.3, 2: 0.5 }]) {
      const answer = { predictions: [item] };
      assert.throws(() => make().decode(answer, 1), badAnswer(/three or more.*"score"/));
      assert.deepEqual(make({ score: '/2' }).decode(answer, 1), [{ score: 0.5 }]);
    }
    assert.deepEqual(make().decode({ predictions: [{ 0: 0.2, 1: 0.8, label: 'good' }] }, 1), [
      { score: 0.2 },
    ]);
  });

  it('reads columns of a data frame, and probabilities alone', () => {
    const predictions = [{ p: 0.9, label: 'bad' }];
    assert.deepEqual(make({ score: '/p', prediction: '/label' }).decode({ predictions }, 1), [
      { score: 0.9, prediction: 'bad' },
    ]);
    assert.deepEqual(make({ score: '' }).decode({ predictions: [0.4] }, 1), [{ score: 0.4 }]);
    const unlabelled = { predictions: [{ p: 0.9 }] };
    assert.throws(
      () => make({ score: '/p', prediction: '/label' }).decode(unlabelled, 1),
      badAnswer(/class is not where the model file says/),
    );
  });

  it('explains what to do about labels alone', () => {
    for (const label of ['bad', 1]) {
      assert.throws(
        () => make().decode({ predictions: [label] }, 1),
        badAnswer(/pyfunc_predict_fn="predict_proba"/),
      );
    }
    assert.throws(
      () => make({ score: '' }).decode({ predictions: ['bad'] }, 1),
      badAnswer(/classes, not with/),
    );
  });

  it('accepts no prediction from an answer of a different form or length', () => {
    for (const answer of [null, [], {}, { predictions: 'bad' }, { predictions: [[0.5, 0.5]] }]) {
      assert.throws(() => make().decode(answer, 2), badAnswer(/no list of 2 predictions/));
    }
    assert.throws(
      () => make().decode({ predictions: [null] }, 1),
      badAnswer(/not where the model file says/),
    );
  });
});

describe('the protocol of any JSON endpoint', () => {
  const make = (given: Given, model = creditModel) =>
    createJsonProtocol(jsonSettings.parse({ ...address, protocol: 'json', score: '/p', ...given }), model);

  it('sends and reads as in the example of docs/your-own-model.md', async () => {
    const example = await documentedPredictor('json');
    const protocol = make(example, { ...creditModel, output: { positive: 'yes', negative: 'no' } });
    const { customer } = JSON.parse(protocol.encode([creditRow]));
    assert.equal(customer.income, creditRow.income);
    const answer = { probabilities: { no: 0.7, yes: 0.3 }, label: 'no' };
    assert.deepEqual(protocol.decode(answer, 1), [{ score: 0.3, prediction: 'no' }]);
  });

  it('puts the row where the request says', () => {
    const protocol = make({ request: { model: 'credit {row}', inputs: ['{row}', 1] } });
    assert.equal(protocol.maxRows, 1);
    assert.deepEqual(JSON.parse(protocol.encode([sparseRow])), {
      model: 'credit {row}',
      inputs: [{ ...sparseRow, tenure: null }, 1],
    });
  });

  it('puts several rows there, and finds the list of predictions', () => {
    const protocol = make({
      request: { rows: '{rows}' },
      predictions: '/result/0/a~1b',
      score: '/scores/bad',
      prediction: '/class',
    });
    assert.ok(protocol.maxRows > 1);
    assert.deepEqual(JSON.parse(protocol.encode(rows)), {
      rows: [creditRow, { ...sparseRow, tenure: null }],
    });
    const answer = {
      result: [
        {
          'a/b': [
            { scores: { bad: 0.7 }, class: 'bad' },
            { scores: { bad: 0.1 }, class: 'good' },
          ],
        },
      ],
    };
    assert.deepEqual(protocol.decode(answer, 2), [
      { score: 0.7, prediction: 'bad' },
      { score: 0.1, prediction: 'good' },
    ]);
    assert.throws(() => protocol.decode(answer, 3), badAnswer(/no list of 3 predictions/));
    assert.throws(() => protocol.decode({ result: [] }, 2), badAnswer(/no list of 2 predictions/));
  });

  it('sends categories as the model file writes them, and what means a missing value as null', () => {
    const model = {
      ...creditModel,
      features: [categorical('city', true, ['Évora']), categorical('code', true, ['1', '2'])],
    };
    const protocol = make({}, model);
    const sent = (row: object) => JSON.parse(protocol.encode([row as never]));
    assert.deepEqual(sent({ city: 'E\u0301vora', code: '1.0' }), { city: 'Évora', code: '1' });
    assert.deepEqual(sent({ city: 'NA', code: 2 }), { city: null, code: 2 });
    assert.deepEqual(sent({ city: 'Faro' }), { city: 'Faro', code: null });
  });

  it('accepts features named like what every object has', () => {
    const model = { ...creditModel, features: [numeric('__proto__', false), numeric('constructor', true)] };
    const row = JSON.parse('{"__proto__":5}');
    assert.equal(make({}, model).encode([row]), '{"__proto__":5,"constructor":null}');
  });

  it('does not find what an answer merely inherits', () => {
    assert.throws(() => make({ score: '/constructor' }).decode({}, 1), badAnswer(/missing in the answer/));
    assert.throws(
      () => make({ score: '/p/length' }).decode({ p: 'x' }, 1),
      badAnswer(/missing in the answer/),
    );
  });

  it('does not accept a list as a class', () => {
    const protocol = make({ prediction: '/c' });
    for (const c of [['bad'], deeplyNested]) {
      assert.throws(() => protocol.decode({ p: 0.6, c }, 1), badAnswer(/class is neither/));
    }
  });

  it('reads classes that are numbers or booleans by their text', () => {
    const numbers = make({ prediction: '/c' }, { ...creditModel, output: { positive: '1', negative: '0' } });
    assert.deepEqual(numbers.decode({ p: 0.6, c: 1 }, 1), [{ score: 0.6, prediction: '1' }]);
    const truth = make(
      { prediction: '/c' },
      { ...creditModel, output: { positive: 'True', negative: 'False' } },
    );
    assert.deepEqual(truth.decode({ p: 0.6, c: true }, 1), [{ score: 0.6, prediction: 'True' }]);
  });
});
