import assert from 'node:assert/strict';
import type { Artifact } from '../../src/model/artifact.ts';
import { createKnownModel, type KnownModel } from '../../src/outcomes/known-model.ts';
import { createShadowPairs, type ShadowPairs } from '../../src/outcomes/shadow-pairs.ts';
import { digestModel } from '../../src/outcomes/token.ts';
import { creditVersions } from '../support/model-versions.ts';

describe('the pairs of versions that score the same rows', () => {
  let artifacts: Artifact[];
  let inUse: KnownModel[];
  let pairs: ShadowPairs;

  const known = (artifact: Artifact) =>
    createKnownModel(artifact, {
      digest: digestModel(artifact),
      maturityMs: 0,
      isBack: false,
      waitsForScrape: () => false,
      now: () => 0,
    });
  const digestOf = ({ digest }: KnownModel) => digest.toString('hex');

  before(async () => {
    artifacts = await creditVersions(3);
  });
  beforeEach(() => {
    inUse = artifacts.map(known);
    pairs = createShadowPairs({
      all: () => inUse,
      get: (digest) => inUse.find((model) => digestOf(model) === digest),
    });
  });

  it('are counted separately, in the order in which they were first requested', () => {
    const [one, two, three] = inUse;
    pairs.of(one, two).addPrediction(0, 1);
    pairs.of(three, two).addPrediction(1, 1);
    pairs.of(one, two).addPrediction(0, 1);
    assert.deepEqual(
      pairs.all().map(({ champion, shadow, counts }) => [champion, shadow, [...counts.agreement]]),
      [
        [one, two, [0, 2, 0, 0]],
        [three, two, [0, 0, 0, 1]],
      ],
    );
  });

  it('are those of a champion and its shadow: the other way round is another pair', () => {
    const [one, two] = inUse;
    assert.notEqual(pairs.of(one, two), pairs.of(two, one));
    assert.equal(pairs.all().length, 2);
  });

  it('count an outcome of both, and none if one of them is no longer in use', () => {
    const [one, two] = inUse;
    const champion = { model: digestOf(one), score: 0.2, predictedClass: 0 };
    const shadow = { model: digestOf(two), score: 0.9, predictedClass: 1, group: undefined };
    const addOutcome = () => pairs.addOutcome(champion, shadow, 1);
    addOutcome();
    assert.deepEqual(pairs.of(one, two).right, { both: 0, champion: 0, shadow: 1, neither: 0 });
    inUse = [one];
    addOutcome();
    inUse = [two];
    addOutcome();
    inUse = [one, two];
    assert.equal(pairs.of(one, two).performance().outcomes, 1);
  });

  it('are dropped with either version, and start at 0 when that comes back', () => {
    const [one, two, three] = inUse;
    pairs.of(one, two).addPrediction(0, 0);
    pairs.of(three, two).addPrediction(0, 0);
    inUse = [one, two];
    assert.deepEqual(
      pairs.all().map(({ champion }) => champion),
      [one],
    );
    const back = known(artifacts[1]);
    inUse = [one, back];
    assert.deepEqual([...pairs.of(one, back).agreement], [0, 0, 0, 0]);
    assert.deepEqual(
      pairs.all().map(({ shadow }) => shadow),
      [back],
    );
  });
});
