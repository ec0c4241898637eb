import assert from 'node:assert/strict';
import type { Reference } from '../../src/model/reference.ts';
import { createModelCounts, recordRefusal } from '../../src/monitor/model-counts.ts';

const reference: Reference = {
  model: 'm',
  version: '1',
  features: [{ name: 'height', bins: { kind: 'numeric', edges: [10] }, counts: [1, 1, 0] }],
  score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [1, 1, 0] },
};

describe('the counts of a model version', () => {
  it('begin at 0 for every fault that an input or a feature can have', () => {
    const { refused, rejections, classes, predictions } = createModelCounts(reference);
    assert.equal(refused, 0);
    assert.deepEqual([...rejections.keys()], ['', 'height']);
    assert.deepEqual(
      [...(rejections.get('height') ?? [])],
      [
        ['missing', 0],
        ['null', 0],
        ['type', 0],
        ['too_long', 0],
      ],
    );
    assert.ok((rejections.get('')?.size ?? 0) > 4);
    assert.ok([...(rejections.get('')?.values() ?? [])].every((count) => count === 0));
    assert.deepEqual([classes, [...predictions]], [[''], [0]]);
  });

  it('have the classes of the output, negative first', () => {
    const output = { negative: 'stays', positive: 'leaves', threshold: 0.5 };
    const { classes, predictions } = createModelCounts({ ...reference, output });
    assert.deepEqual(
      [classes, [...predictions]],
      [
        ['stays', 'leaves'],
        [0, 0],
      ],
    );
  });

  it('count a refused input once, and each of its faults under its feature and reason', () => {
    const counts = createModelCounts(reference);
    recordRefusal(counts, [
      { feature: 'height', code: 'missing', count: 2 },
      { feature: 'height', code: 'type', count: 1 },
      { feature: 'no such feature', code: 'unknown_field', count: 3 },
      { feature: '', code: 'unknown_field', count: 1 },
    ]);
    recordRefusal(counts, [{ feature: 'height', code: 'missing', count: 1 }]);
    assert.equal(counts.refused, 2);
    assert.equal(counts.rejections.get('height')?.get('missing'), 3);
    assert.equal(counts.rejections.get('height')?.get('type'), 1);
    assert.equal(counts.rejections.get('')?.get('unknown_field'), 4);
    assert.equal(counts.rejections.has('no such feature'), false);
  });
});
