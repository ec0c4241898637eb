import { createRandom } from '../../src/stats/random.ts';
import type { TrainingSet } from '../../src/training/training-set.ts';

/** A seeded set: one number with a known effect, one category, both missing now and then. */
export function smallSet(rows = 400, seed = 7): TrainingSet {
  const random = createRandom(seed);
  const amounts = new Float64Array(rows);
  const kinds: (string | null)[] = [];
  const outcomes = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const amount = 100 + 50 * (random() + random() + random() - 1.5);
    const kind = ['a', 'b', 'c'][Math.floor(random() * 3)];
    const logOdds = (amount - 100) / 20 + (kind === 'a' ? 1 : -0.5);
    outcomes[i] = random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
    amounts[i] = random() < 0.1 ? Number.NaN : amount;
    kinds.push(random() < 0.05 ? null : kind);
  }
  return {
    columns: [
      { name: 'amount', kind: 'numeric', values: amounts },
      { name: 'kind', kind: 'categorical', values: kinds },
    ],
    target: { column: 'lost', positive: 'yes', negative: 'no' },
    outcomes,
    dataDigest: `sha256:${'0'.repeat(64)}`,
  };
}

export const options = {
  name: 'small',
  threshold: { value: 0.5, reason: 'test' },
  protected: [],
  sensitive: [],
};
