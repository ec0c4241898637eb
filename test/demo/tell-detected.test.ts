import assert from 'node:assert/strict';
import type { DriftAnswer, Moved } from '../../src/demo/ask-service.ts';
import { tellDetected } from '../../src/demo/tell-detected.ts';

describe('what the demo says once the number has changed', () => {
  const limit: Moved = { name: 'limit', psi: 0.111, threshold: 0.1, unit: null };
  const score: Moved = { ...limit, name: '(score)' };
  const guessed: Moved = { ...limit, psi: 0.2, unit: { factor: 1000, share: 0.15 } };
  const question = '15 % are about 1,000 times the usual values: another unit?';

  /** What is said of these answers, how many of them were needed, and whether drift was detected. */
  async function tell(...drifting: Moved[][]) {
    let asked = 0;
    async function* answers(): AsyncGenerator<DriftAnswer> {
      for (const each of drifting) {
        asked += 1;
        yield { drifting: each, isUndetermined: false };
      }
    }
    const said: string[][] = [];
    const afterMs = await tellDetected(answers(), (lines) => said.push([...lines]));
    return { said, asked, isDetected: afterMs !== undefined };
  }

  it('asks about another unit as soon as the service guesses it after drift was detected, and only once', async () => {
    const { said, asked, isDetected } = await tell([], [score], [limit], [limit], [guessed], [guessed]);
    assert.deepEqual(
      said.map(([first]) => first),
      ['Drift detected 1 s after the change:', `limit: ${question}`],
    );
    assert.equal(said[0][1], '  limit, PSI 0.111 (threshold 0.100)');
    assert.equal(asked, 5);
    assert.ok(isDetected);
  });

  it('asks beneath the feature where the guess is there at once, and not again', async () => {
    const { said, asked } = await tell([guessed, score], [guessed]);
    assert.equal(said.length, 1);
    assert.deepEqual(said[0].slice(1, -1), [
      '  limit, PSI 0.200 (threshold 0.100)',
      `    ${question}`,
      '  the score, PSI 0.111 (threshold 0.100)',
    ]);
    assert.equal(asked, 1);
  });

  it('knows that drift was detected where no guess comes before the end, and where nothing was', async () => {
    assert.deepEqual(await tell([score]), { said: [], asked: 1, isDetected: false });
    const { said, isDetected } = await tell([limit], [limit]);
    assert.equal(said.length, 1);
    assert.ok(isDetected);
  });
});
