import assert from 'node:assert/strict';
import { inputFaults } from '../../src/predictors/input-columns.ts';
import { numeric } from './watched-model.ts';

const model = { features: ['age', 'income', 'tenure'].map((name) => numeric(name, false)) };
const said = (...inputs: Parameters<typeof inputFaults>[0] & object) =>
  inputFaults(inputs, model).map(({ path, message }) => `${path.join('.')} ${message}`);

describe('the inputs that a model file lists', () => {
  it('may take any features, each once', () => {
    assert.deepEqual(said({ name: 'x', features: ['income', 'age'] }), []);
    assert.deepEqual(said({ name: 'age', features: ['age'] }), []);
    assert.deepEqual(said({ name: 'x', features: ['debt'] }), [
      'inputs.0.features.0 is not a feature of this model',
    ]);
    assert.deepEqual(said({ name: 'x', features: ['age', 'age'] }), ['inputs.0.features.1 is listed twice']);
  });

  it('have distinct names, which are not those of remaining features', () => {
    const twice = ['x', 'x'].map((name, i) => ({ name, features: [model.features[i].name] }));
    assert.deepEqual(said(...twice), ['inputs.1.name is the name of another input, too']);
    assert.deepEqual(said({ name: 'age', features: ['income'] }), [
      'inputs.0.name is the name of another input, too',
    ]);
    assert.deepEqual(said({ name: 'age', features: ['income'] }, { name: 'x', features: ['age'] }), []);
  });
});
