import { createRandom, shuffle } from './random.ts';

/** How rows are distributed over folds, and how many distinct rows each side has. */
export type DomainFolds = {
  readonly foldOf: Uint8Array;
  /** Rows that count as independent, on the reference and on the live side. */
  readonly independent: readonly [reference: number, live: number];
};

/** With a smaller share of distinct rows than this, equal rows are normal: categories alone have few values. */
const minDistinctShare = 0.1;

/**
 * Distributes rows over folds, each side separately. Equal rows, such as an applicant who was sent again, stay
 * together: a fit that has seen one of them knows the other.
 *
 * @param columns the columns in which equal rows agree
 * @param split the index of the first live row
 */
export function domainFolds(columns: readonly Float64Array[], split: number, folds: number): DomainFolds {
  const rows = columns[0].length;
  const keys = hashRows(columns);
  const distinct = (from: number, to: number) => new Set(keys.subarray(from, to)).size;
  const keepsTogether = new Set(keys).size > minDistinctShare * rows;
  const order = shuffle(
    Uint32Array.from({ length: rows }, (_, i) => i),
    createRandom(1),
  );
  const foldOf = new Uint8Array(rows);
  const foldOfKey = new Map<number, number>();
  const dealt = [0, 0];
  for (const i of order) {
    const known = keepsTogether ? foldOfKey.get(keys[i]) : undefined;
    foldOf[i] = known ?? dealt[i < split ? 0 : 1]++ % folds;
    foldOfKey.set(keys[i], foldOf[i]);
  }
  return {
    foldOf,
    independent: keepsTogether ? [distinct(0, split), distinct(split, rows)] : [split, rows - split],
  };
}

/** A number for each row, the same for equal rows (FNV-1a over the words of its values). */
function hashRows(columns: readonly Float64Array[]): Int32Array {
  const hashes = new Int32Array(columns[0].length).fill(0x811c9dc5 | 0);
  for (const column of columns) {
    const words = new Int32Array(column.buffer, column.byteOffset, 2 * column.length);
    for (let i = 0; i < hashes.length; i++) {
      hashes[i] = Math.imul(Math.imul(hashes[i] ^ words[2 * i], 16777619) ^ words[2 * i + 1], 16777619);
    }
  }
  return hashes;
}
