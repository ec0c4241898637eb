import { createIdSet, type IdSet } from './id-set.ts';

/** Ids are remembered in this many generations; the oldest is forgotten as a whole. */
const generations = 8;
/** 2^19 ids per generation, 2^22 in all, at 16 bytes each: at most 64 MiB. */
const defaultGenerationSize = 1 << 19;

/** Which predictions have received their outcome. */
export type SeenIds = {
  /** @param timeMs when the prediction was made: once it is too old for an outcome it need not be remembered */
  add(key: bigint, timeMs: number): void;
  has(key: bigint): boolean;
  readonly size: number;
};

type Generation = { readonly ids: IdSet; newestMs: number };

/**
 * A bounded memory of ids. It forgets an id when its prediction is older than `maxAgeMs`, because outcomes for it are
 * refused by then, or when millions of others have arrived since: senders repeat themselves sooner than that.
 */
export function createSeenIds(
  maxAgeMs: number,
  { now = Date.now, generationSize = defaultGenerationSize } = {},
): SeenIds {
  let remembered: Generation[] = [];
  return {
    add(key, timeMs) {
      let current = remembered.at(-1);
      if (current === undefined || current.ids.size >= generationSize) {
        const oldestMs = now() - maxAgeMs;
        remembered = remembered.filter(({ newestMs }) => newestMs >= oldestMs).slice(1 - generations);
        current = { ids: createIdSet(), newestMs: timeMs };
        remembered.push(current);
      }
      current.ids.add(key);
      current.newestMs = Math.max(current.newestMs, timeMs);
    },
    has: (key) => remembered.some(({ ids }) => ids.has(key)),
    get size() {
      return remembered.reduce((sum, { ids }) => sum + ids.size, 0);
    },
  };
}
