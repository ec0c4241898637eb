/** Returns numbers uniformly distributed over [0, 1). */
export type Random = () => number;

/**
 * A seeded source of random numbers, xoshiro128** with its state filled by splitmix32: the same seed gives the same
 * numbers on every machine. Period 2^128 − 1, steps of 2^-32. Not for secrets.
 *
 * @param seed a 32-bit integer
 *
 * Source: D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators, ACM Trans. Math. Softw. 47 (2021).
 */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const fill = () => {
    state = (state + 0x9e3779b9) | 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return t ^ (t >>> 15);
  };
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 4294967296;
  };
}

/**
 * Shuffles the items in place; every order is equally likely.
 *
 * Source: R. Durstenfeld, Algorithm 235: Random permutation, Comm. ACM 7 (1964).
 */
export function shuffle<Items extends unknown[] | Uint32Array>(items: Items, random: Random): Items {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
