import assert from 'node:assert/strict';
import { driftRule } from '../../src/stats/drift.ts';
import { psiNoiseCeiling } from '../../src/stats/noise-ceiling.ts';
import { samplesNeeded } from '../../src/stats/samples-needed.ts';

describe('the samples that a verdict needs', () => {
  const bins = { kind: 'numeric', edges: [1, 2, 3] } as const;
  const reference = [100, 200, 300, 390, 10];
  const { ceilingZ, undeterminedCeiling } = driftRule;
  const ceiling = (samples: number) => psiNoiseCeiling(samples, 1000, 5, ceilingZ);
  const needed = (samples: number, counts = reference) =>
    samplesNeeded({ samples, verdict: 'undetermined' }, bins, counts);
  /** As many as it takes, found one by one. */
  const all = Array.from({ length: 1000 }, (_, i) => i + 1).find((n) => ceiling(n) <= undeterminedCeiling);

  it('are those still missing until the noise ceiling is low enough', () => {
    assert.ok(all !== undefined && all > 50 && all < 200, `${all}`);
    assert.equal(needed(0), all);
    assert.equal(needed(1), all - 1);
    assert.equal(needed(33), all - 33);
    assert.equal(needed(all - 1), 1);
  });

  it('are none where there are enough, or the variable drifts anyway', () => {
    assert.equal(needed(all ?? 0), null);
    assert.equal(samplesNeeded({ samples: 1, verdict: 'drifting' }, bins, reference), null);
  });

  it('are unknown where the reference is so small that no number suffices', () => {
    assert.equal(needed(1, [2, 2, 2, 2, 2]), null);
  });

  it('take rare and unseen categories as the one bin that the verdict compares', () => {
    const names = { kind: 'categorical', categories: ['a'], grouped: ['b', 'c'] } as const;
    // one bin fewer than the reference occupies, as none has missing values
    const first = Array.from({ length: 1000 }, (_, i) => i + 1).find(
      (n) => psiNoiseCeiling(n, 1000, 2, ceilingZ) <= undeterminedCeiling,
    );
    assert.equal(samplesNeeded({ samples: 0, verdict: 'undetermined' }, names, [900, 60, 0, 40]), first);
  });
});
