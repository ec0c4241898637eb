import assert from 'node:assert/strict';
import { ClockDoubted, checkOutcomes } from '../../src/outcomes/check-outcomes.ts';
import type { OutcomeModel } from '../../src/outcomes/known-models.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';

const tokens = createTokens([Buffer.from('a key that is long enough')]);
const credit: OutcomeModel = { name: 'credit', version: '1', classes: ['good', 'bad'] };
const coded: OutcomeModel = { name: 'coded', version: '2', classes: ['0', '1'] };
const digestOf = (model: OutcomeModel) => digestModel(model).toString('hex');
const models = {
  find: async (digest: string) => [credit, coded].find((model) => digestOf(model) === digest),
};
const oldestMs = 1_000_000;
const idOf = (model = credit, timeMs = 2_000_000) => tokens.sign(digestModel(model), timeMs, 0.25, 1);
const check = (items: readonly unknown[], doubtfulMs = 0) =>
  checkOutcomes(items, { tokens, models, oldestMs, doubtfulMs });

describe('what is sent as outcomes', () => {
  it('is taken with its model, what its id says, and the place of the class', async () => {
    const [first, second] = [idOf(), idOf(coded)];
    const { candidates, invalid, expired } = await check([
      { id: first, outcome: 'bad' },
      { id: second, outcome: '0' },
    ]);
    assert.deepEqual([invalid, expired], [[], 0]);
    assert.deepEqual(candidates, [
      { id: first, token: tokens.verify(first), model: credit, outcome: 1 },
      { id: second, token: tokens.verify(second), model: coded, outcome: 0 },
    ]);
  });

  it('may name a class in any spelling of it', async () => {
    const items = [1, 0, '1', '0', 1.0].map((outcome) => ({ id: idOf(coded), outcome }));
    const { candidates, invalid } = await check(items);
    assert.deepEqual(invalid, []);
    assert.deepEqual(
      candidates.map(({ outcome }) => outcome),
      [1, 0, 1, 0, 1],
    );
  });

  it('is refused one by one, by its index, with the reason', async () => {
    const malformed = { reason: 'malformed', message: 'must be a JSON object with "id" and "outcome"' };
    const unknown: OutcomeModel = { ...credit, version: '9' };
    const cases: [item: unknown, refusal: { reason: string; message: string }][] = [
      [new SyntaxError('the line is not JSON'), { reason: 'malformed', message: 'the line is not JSON' }],
      [null, malformed],
      ['text', malformed],
      [{}, malformed],
      [{ id: idOf() }, malformed],
      [{ outcome: 'bad' }, malformed],
      [{ id: 1, outcome: 'bad' }, malformed],
      [{ id: idOf(), outcome: null }, malformed],
      [{ id: idOf(), outcome: ['bad'] }, malformed],
      [
        { id: 'x', outcome: 'bad' },
        { reason: 'invalid_id', message: 'is not an id that this service has signed' },
      ],
      [
        { id: idOf(unknown), outcome: 'bad' },
        {
          reason: 'unknown_model',
          message: 'the prediction is of a model version that this replica does not know',
        },
      ],
      [
        { id: idOf(), outcome: 'ugly' },
        { reason: 'unknown_class', message: 'the outcome must be "good" or "bad"' },
      ],
    ];
    const good = { id: idOf(), outcome: 'good' };
    const { candidates, invalid, expired } = await check([...cases.map(([item]) => item), good]);
    assert.deepEqual(
      invalid,
      cases.map(([, refusal], index) => ({ index, ...refusal })),
    );
    assert.deepEqual([candidates.length, expired], [1, 0]);
  });

  it('is only counted if its prediction is too old, whether or not the model or the class is known', async () => {
    const { candidates, invalid, expired } = await check([
      { id: idOf(credit, oldestMs - 1), outcome: 'good' },
      { id: idOf(credit, oldestMs - 1), outcome: 'ugly' },
      { id: idOf(credit, oldestMs), outcome: 'good' },
    ]);
    assert.deepEqual([candidates.length, invalid, expired], [1, [], 2]);
  });

  it('is deferred as a whole while the clock cannot be trusted to say whether a prediction is too old', async () => {
    const doubtfulMs = 1_500_000;
    const certain = [
      { id: idOf(credit, doubtfulMs), outcome: 'good' },
      { id: idOf(credit, oldestMs - 1), outcome: 'good' },
    ];
    assert.equal((await check(certain, doubtfulMs)).candidates.length, 1);
    await assert.rejects(
      check([...certain, { id: idOf(credit, doubtfulMs - 1), outcome: 'good' }], doubtfulMs),
      ClockDoubted,
    );
  });
});
