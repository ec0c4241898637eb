import assert from 'node:assert/strict';
import { type Artifact, formatArtifact, loadArtifact, parseArtifact } from '../../src/model/artifact.ts';
import { numericReference, summarise } from '../../src/profile/make-reference.ts';
import { type NewReference, rebaseline } from '../../src/profile/rebaseline.ts';
import { scorerOf } from '../support/model-parts.ts';

const why = { by: 'A. Analyst', at: '2026-02-03T04:05:06.000Z', reason: 'new branch opened' };

describe('a rebaseline', () => {
  let artifact: Artifact;
  let features: Map<string, NewReference>;
  const limits = Float64Array.from({ length: 300 }, (_, i) => 1000 + 10 * i);
  before(async () => {
    artifact = await loadArtifact('models/credit.json');
    features = new Map([
      ['age', { counts: [0, 0, 0, 0, 50, 50, 50, 50, 50, 50, 0] }],
      ['limit', { ...numericReference(limits), summary: summarise(limits) }],
      ['history', { counts: [100, 100, 50, 20, 10, 0, 20] }],
    ]);
  });
  const score = { counts: [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 0] };

  it('replaces the reference, says who, when, why and what, and has its own version', () => {
    const rebased = rebaseline(artifact, features, score, why);
    assert.deepEqual(rebased.rebaseline, { ...why, replaces: artifact.version });
    assert.notEqual(rebased.version, artifact.version);
    assert.deepEqual(
      rebased.features.map(({ reference }) => reference.counts),
      ['age', 'limit', 'history'].map((name) => features.get(name)?.counts),
    );
    assert.deepEqual(rebased.output.score.reference.counts, score.counts);
    const [age, limit] = rebased.features;
    assert.ok(age.kind === 'numeric' && limit.kind === 'numeric');
    assert.deepEqual(age.summary, artifact.features[0].kind === 'numeric' && artifact.features[0].summary);
    assert.equal(limit.summary.max, 3990);
    assert.equal(rebased.segments, undefined, 'segments were not counted again, so they are omitted');
    assert.deepEqual(limit.reference.edges, numericReference(limits).edges);
    assert.match(rebased.training.smallestDetectableDrift, /^With 300 reference rows/);
    assert.deepEqual(parseArtifact(formatArtifact(rebased), 'm.json'), rebased);
  });

  it('scores as before', () => {
    const original = scorerOf(artifact);
    const rebased = scorerOf(rebaseline(artifact, features, score, why));
    for (const history of ['good', 'paid', 'sold', null]) {
      const row = { age: 41, limit: 2500, history };
      assert.equal(rebased(row), original(row));
    }
  });

  it('does not change the artifact that it replaces', () => {
    const copy = structuredClone(artifact);
    rebaseline(artifact, features, score, why);
    assert.deepEqual(artifact, copy);
  });

  it('names what is missing, and what does not match', () => {
    const without = new Map([...features].filter(([name]) => name !== 'limit'));
    assert.throws(() => rebaseline(artifact, without, score, why), {
      message: 'feature limit has no new reference',
    });
    const short = new Map([...features, ['age', { counts: [1, 2] }] as const]);
    assert.throws(() => rebaseline(artifact, short, score, why), {
      message: /^new reference: features\[0\]\.reference\.counts: has 2 entries but needs 11/,
    });
    assert.throws(() => rebaseline(artifact, features, score, { ...why, at: 'today' }), {
      message: /^new reference: rebaseline\.at: /,
    });
  });
});
