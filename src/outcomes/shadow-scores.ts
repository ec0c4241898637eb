import type { Token } from './token.ts';

/**
 * What a shadow predicted for a row, in the form in which an id would contain it if the shadow's prediction had one.
 */
export type ShadowPrediction = Pick<Token, 'model' | 'score' | 'predictedClass'> & {
  readonly group: number | undefined;
};

/** What shadows predicted for recent rows, by the prediction that the caller received. */
export type ShadowScores = {
  /** @param key of the caller's prediction */
  add(key: bigint, prediction: ShadowPrediction): void;
  /** What each shadow predicted for the same row, as far as known. */
  find(key: bigint): readonly ShadowPrediction[];
};

/** The number of entries per set; a new entry replaces the oldest in its set. */
const entriesPerPlace = 16;
const defaultEntries = 2 ** 19;

/** Of the 32 bits of an entry; the rest are enough for a group (see `maxGroups`) or none. */
const classBits = 8;
/** Marks an entry that was never written; no model's digest is all zeros. */
const noModel = 0n;

/**
 * Remembers what shadows predicted for about the last half million rows, in 15 MB that are allocated when the first one
 * arrives. An entry is found by the low bits of its key, which are part of a signature and therefore uniformly
 * distributed; it replaces the oldest of the sixteen entries in its set.
 *
 * @param entries a power of 2, at least 16
 */
export function createShadowScores(entries = defaultEntries): ShadowScores {
  const places = BigInt(entries / entriesPerPlace);
  let table: ReturnType<typeof allocate> | undefined;
  const placeOf = (key: bigint) => Number(BigInt.asUintN(64, key) % places);

  return {
    add(key, { model, score, predictedClass, group }) {
      table ??= allocate(entries);
      const place = placeOf(key);
      const entry = place * entriesPerPlace + table.next[place];
      table.next[place] = (table.next[place] + 1) % entriesPerPlace;
      table.keys[entry] = key;
      table.scores[entry] = score;
      table.models[entry] = BigInt(`0x${model}`);
      table.said[entry] = 2 ** classBits * ((group ?? -1) + 1) + predictedClass;
    },
    find(key) {
      if (table === undefined) return [];
      const found: ShadowPrediction[] = [];
      const first = placeOf(key) * entriesPerPlace;
      for (let entry = first; entry < first + entriesPerPlace; entry++) {
        if (table.keys[entry] !== key || table.models[entry] === noModel) continue;
        const group = (table.said[entry] >>> classBits) - 1;
        found.push({
          model: table.models[entry].toString(16).padStart(2 * table.models.BYTES_PER_ELEMENT, '0'),
          score: table.scores[entry],
          predictedClass: table.said[entry] % 2 ** classBits,
          group: group < 0 ? undefined : group,
        });
      }
      return found;
    },
  };
}

function allocate(entries: number) {
  return {
    keys: new BigUint64Array(entries),
    scores: new Float64Array(entries),
    /** Their 64-bit digests, so that nothing of a model is kept beyond its entries. */
    models: new BigUint64Array(entries),
    /** The group from 1, or 0 for none, and in the lowest bits the predicted class. */
    said: new Uint32Array(entries),
    /** The entry of each set that is overwritten next. */
    next: new Uint8Array(entries / entriesPerPlace),
  };
}
