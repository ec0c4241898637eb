const blockLength = 65_536;
const maxDecimals = 9;
const maxInteger = 2 ** 31 - 1;

/** Numbers kept in little memory, in the order they came. */
export type NumberColumn = Iterable<number> & {
  readonly length: number;
  /** Whether every value so far is a whole number. */
  readonly isWhole: boolean;
  /** @param value finite */
  push(value: number): void;
  /** All values, ascending, exactly as they were pushed; in `space`, and so only until that is used again. */
  sorted(space: SortSpace): Float64Array;
};

/** Gives room for so many values, the same each time: columns are sorted one after the other, and are large. */
export type SortSpace = (length: number) => Float64Array;

export function createSortSpace(): SortSpace {
  let space = new Float64Array(0);
  return (length) => {
    if (space.length < length) space = new Float64Array(length);
    return space.subarray(0, length);
  };
}

/**
 * Makes a column that takes four bytes a value as long as all are decimal fractions of few digits, as measurements
 * in files are: each is kept as a whole number of units of the smallest decimal place. A value that does not come
 * back exactly from that makes the column one of eight bytes a value. Whole numbers of a narrow range are sorted by
 * counting, in linear time.
 */
export function createNumberColumn(): NumberColumn {
  /** Whole numbers of units while all values are such; the rest, or all, as they are. */
  let integers: Int32Array[] = [];
  let floats: Float64Array[] = [];
  let block = new Int32Array(0);
  let at = 0;
  let length = 0;
  let isExact = true;
  let decimals = 0;
  let scale = 1;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;

  function pushExact(value: number): boolean {
    const scaled = Math.round(value * scale);
    if (scaled / scale !== value || scaled > maxInteger || scaled < -maxInteger) return false;
    if (scaled < least) least = scaled;
    if (scaled > greatest) greatest = scaled;
    if (at === block.length) {
      block = new Int32Array(blockLength);
      integers.push(block);
      at = 0;
    }
    block[at++] = scaled;
    length++;
    return true;
  }

  function pushFloat(value: number): void {
    const place = length % blockLength;
    if (place === 0) floats.push(new Float64Array(blockLength));
    floats[floats.length - 1][place] = value;
    length++;
  }

  /** Finds the number of decimal places that takes `value` too; if none does, goes over to floating-point numbers. */
  function widen(value: number): void {
    const magnitude = length === 0 ? 0 : Math.max(Math.abs(least), Math.abs(greatest));
    for (let more = decimals + 1; more <= maxDecimals; more++) {
      const factor = 10 ** (more - decimals);
      if (magnitude * factor > maxInteger) break;
      const scaled = Math.round(value * 10 ** more);
      if (scaled / 10 ** more !== value || Math.abs(scaled) > maxInteger) continue;
      for (const each of integers) for (let i = 0; i < each.length; i++) each[i] *= factor;
      least *= factor;
      greatest *= factor;
      decimals = more;
      scale = 10 ** more;
      return;
    }
    isExact = false;
    floats = integers.map((each) => Float64Array.from(each, (scaled) => scaled / scale));
    integers = [];
    block = new Int32Array(0);
  }

  function sortByCounting(result: Float64Array): Float64Array {
    const counts = new Uint32Array(greatest - least + 1);
    for (const [i, each] of integers.entries()) {
      const end = Math.min(blockLength, length - i * blockLength);
      for (let j = 0; j < end; j++) counts[each[j] - least]++;
    }
    let filled = 0;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] > 0) result.fill((least + i) / scale, filled, filled + counts[i]);
      filled += counts[i];
    }
    return result;
  }

  function copyInto<Values extends Int32Array | Float64Array>(
    values: Values,
    blocks: readonly Values[],
  ): Values {
    for (const [i, each] of blocks.entries()) {
      values.set(each.subarray(0, length - i * blockLength), i * blockLength);
    }
    return values;
  }

  return {
    get length() {
      return length;
    },
    get isWhole() {
      return isExact && decimals === 0;
    },
    push(value) {
      if (isExact) {
        if (pushExact(value)) return;
        widen(value);
        if (isExact && pushExact(value)) return;
      }
      pushFloat(value);
    },
    *[Symbol.iterator]() {
      for (const [i, each] of (isExact ? integers : floats).entries()) {
        const end = Math.min(blockLength, length - i * blockLength);
        for (let j = 0; j < end; j++) yield isExact ? each[j] / scale : each[j];
      }
    },
    sorted(space) {
      const result = space(length);
      if (!isExact) return copyInto(result, floats).sort();
      if (length > 0 && greatest - least <= 4 * length) return sortByCounting(result);
      const scaled = copyInto(new Int32Array(length), integers).sort();
      for (let i = 0; i < length; i++) result[i] = scaled[i] / scale;
      return result;
    },
  };
}
