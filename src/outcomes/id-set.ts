const firstSlots = 1 << 12;

/** A set of 64-bit numbers in one typed array: at most 16 bytes per number, once it has grown to its limit. */
export type IdSet = {
  readonly size: number;
  /** Adds a number. @returns false if it was there already */
  add(id: bigint): boolean;
  has(id: bigint): boolean;
};

/**
 * Makes a set for numbers that are already uniformly distributed, like parts of a MAC: the lowest bits select the slot,
 * and if it is taken, the next one is used (open addressing). At most half of the slots are in use.
 */
export function createIdSet(): IdSet {
  let slots = new BigUint64Array(firstSlots);
  let size = 0;
  /** 0 marks an empty slot, so it cannot be stored in one. */
  let holdsZero = false;

  /** The slot that holds the number, or the empty one where it belongs. */
  function find(id: bigint): number {
    const mask = slots.length - 1;
    let slot = Number(id & 0xffffffffn) & mask;
    while (slots[slot] !== 0n && slots[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  function grow(): void {
    const old = slots;
    slots = new BigUint64Array(old.length * 2);
    for (const id of old) if (id !== 0n) slots[find(id)] = id;
  }

  return {
    get size() {
      return size;
    },
    has: (id) => (id === 0n ? holdsZero : slots[find(id)] === id),
    add(id) {
      if (id === 0n) {
        if (holdsZero) return false;
        holdsZero = true;
        size++;
        return true;
      }
      if (size * 2 >= slots.length) grow();
      const slot = find(id);
      if (slots[slot] === id) return false;
      slots[slot] = id;
      size++;
      return true;
    },
  };
}
