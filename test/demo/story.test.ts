import assert from 'node:assert/strict';
import { describeDetected } from '../../src/demo/story.ts';

describe('the story of the demo', () => {
  it('asks about another unit beneath the feature that seems to have come in one', () => {
    const limit = { name: 'limit', psi: 0.2, threshold: 0.1, unit: { factor: 1000, share: 0.18 } };
    const score = { name: '(score)', psi: 0.2, threshold: 0.1, unit: null };
    assert.deepEqual(
      describeDetected({ drifting: [limit, score], isUndetermined: false }, 12_000).slice(0, 4),
      [
        'Drift detected 12 s after the change:',
        '  limit, PSI 0.200 (threshold 0.100)',
        '    18 % are about 1,000 times the usual values: another unit?',
        '  the score, PSI 0.200 (threshold 0.100)',
      ],
    );
  });
});
