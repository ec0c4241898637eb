import { createModelPair, type ModelPair, type Said } from '../monitor/model-pair.ts';
import type { KnownModel } from './known-model.ts';
import type { KnownModels } from './known-models.ts';
import type { ShadowPrediction } from './shadow-scores.ts';
import type { Token } from './token.ts';

/** A version, and another one that scores the same rows without answering. */
export type ShadowPair = {
  readonly champion: KnownModel;
  readonly shadow: KnownModel;
  readonly counts: ModelPair;
};

/** What is counted for versions and their shadows, as long as both are in use. */
export type ShadowPairs = {
  /** The counts of two versions, starting at 0 the first time they are requested. */
  of(champion: KnownModel, shadow: KnownModel): ModelPair;
  /** Counts an outcome that both versions have received, unless one of them is no longer in use. */
  addOutcome(champion: Pick<Token, 'model'> & Said, shadow: ShadowPrediction, outcome: number): void;
  /** In the order in which they were first requested. */
  all(): readonly ShadowPair[];
};

export function createShadowPairs(models: Pick<KnownModels, 'get' | 'all'>): ShadowPairs {
  const pairs = new Map<string, ShadowPair>();

  function dropUnused(): void {
    const inUse = new Set(models.all());
    for (const [key, { champion, shadow }] of pairs) {
      if (!inUse.has(champion) || !inUse.has(shadow)) pairs.delete(key);
    }
  }

  function of(champion: KnownModel, shadow: KnownModel): ModelPair {
    const key = `${champion.digest.toString('hex')} ${shadow.digest.toString('hex')}`;
    let pair = pairs.get(key);
    // a version that was dropped and loaded again starts at 0
    if (pair?.champion !== champion || pair.shadow !== shadow) {
      const edges = { champion: edgesOf(champion), shadow: edgesOf(shadow) };
      pair = { champion, shadow, counts: createModelPair(champion.classes.length, edges) };
      // even if nobody requests all of them: each keeps its versions in memory
      dropUnused();
      pairs.set(key, pair);
    }
    return pair.counts;
  }

  return {
    of,
    addOutcome(champion, shadow, outcome) {
      const [one, other] = [models.get(champion.model), models.get(shadow.model)];
      if (one !== undefined && other !== undefined) {
        of(one, other).addOutcome(champion, shadow, outcome);
      }
    },
    all() {
      dropUnused();
      return [...pairs.values()];
    },
  };
}

function edgesOf({ performance }: KnownModel): readonly number[] {
  return performance.reference.scoreEdges;
}
