/** The maximum number of numbers that a set distinguishes, in 1 MiB of bits. Lower numbers count as contained. */
const defaultMaxSpan = 1 << 23;
const firstBytes = 64;
const fullByte = 0xff;

/** A set as it is saved: all numbers below `below`, and from there on one bit for each number, in base64. */
export type SavedNumbers = { readonly below: number; readonly bits: string };

/**
 * A set of whole numbers that fills up from below, such as the numbers of lines in the order in which they are written.
 */
export type NumberSet = {
  add(number: number): void;
  /** Adds all numbers below `end`. */
  addBelow(end: number): void;
  has(number: number): boolean;
  /** One more than the greatest number in it. */
  readonly end: number;
  save(): SavedNumbers;
};

/**
 * Makes a set that uses memory only for the numbers between the lowest missing one and the greatest one in it.
 *
 * @param saved the initial content
 */
export function createNumberSet(
  saved: SavedNumbers = { below: 0, bits: '' },
  maxSpan = defaultMaxSpan,
): NumberSet {
  /** The number of the first bit, a multiple of 8. */
  let base = 0;
  let bytes = new Uint8Array(firstBytes);
  /** Bytes in use, and how many of them, from the first on, are known to be full. */
  let length = 0;
  let full = 0;
  let end = 0;

  function set(number: number): void {
    const place = Math.floor((number - base) / 8);
    if (place >= bytes.length) {
      const grown = new Uint8Array(Math.max(2 * bytes.length, place + 1));
      grown.set(bytes);
      bytes = grown;
    }
    length = Math.max(length, place + 1);
    bytes[place] |= 1 << (number % 8);
  }

  function countFull(): void {
    while (bytes[full] === fullByte) full++;
  }

  function dropBytes(count: number): void {
    bytes.copyWithin(0, count, length);
    bytes.fill(0, Math.max(0, length - count), length);
    length = Math.max(0, length - count);
    full = Math.max(0, full - count);
    base += 8 * count;
  }

  function add(number: number): void {
    end = Math.max(end, number + 1);
    addBelow(number + 1 - maxSpan);
    if (number < base) return;
    set(number);
    countFull();
    // half of them at a time, as each step moves the others
    if (full * 2 >= length) dropBytes(full);
  }

  function addBelow(below: number): void {
    end = Math.max(end, below);
    if (below <= base) return;
    dropBytes(Math.floor((below - base) / 8));
    for (let number = base; number < below; number++) set(number);
    countFull();
  }

  function restore(): void {
    addBelow(saved.below);
    const bits = Buffer.from(saved.bits, 'base64');
    for (const [place, byte] of bits.entries()) {
      for (let bit = 0; byte >> bit > 0; bit++) if ((byte >> bit) & 1) add(saved.below + 8 * place + bit);
    }
  }

  restore();
  return {
    add,
    addBelow,
    has: (number) => number < base || ((bytes[Math.floor((number - base) / 8)] >> (number % 8)) & 1) === 1,
    get end() {
      return end;
    },
    save() {
      dropBytes(full);
      return { below: base, bits: Buffer.from(bytes.subarray(0, length)).toString('base64') };
    },
  };
}
