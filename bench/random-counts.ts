import type { Random } from '../src/stats/random.ts';

/** ln(n!) for n from 0, as far as needed so far. */
let logFactorials = Float64Array.of(0);

function logFactorial(n: number): number {
  if (n >= logFactorials.length) {
    const longer = new Float64Array(Math.max(1024, 2 * n));
    longer.set(logFactorials);
    for (let i = logFactorials.length; i < longer.length; i++) longer[i] = longer[i - 1] + Math.log(i);
    logFactorials = longer;
  }
  return logFactorials[n];
}

/**
 * Draws how many of `trials` succeed: by inversion, from the most likely number outwards. O(√trials).
 *
 * Source: L. Devroye, Non-Uniform Random Variate Generation, 1986, section X.4.
 */
export function drawBinomial(trials: number, probability: number, random: Random): number {
  if (trials === 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  const mode = Math.min(trials, Math.floor((trials + 1) * probability));
  const odds = probability / (1 - probability);
  const atMode = Math.exp(
    logFactorial(trials) -
      logFactorial(mode) -
      logFactorial(trials - mode) +
      mode * Math.log(probability) +
      (trials - mode) * Math.log1p(-probability),
  );
  let rest = random() - atMode;
  let below = atMode;
  let above = atMode;
  for (let distance = 1; rest >= 0; distance++) {
    const high = mode + distance;
    const low = mode - distance;
    // The remainder from rounding belongs to no number.
    if (high > trials && low < 0) return mode;
    if (high <= trials) {
      above *= ((trials - high + 1) / high) * odds;
      rest -= above;
      if (rest < 0) return high;
    }
    if (low >= 0) {
      below *= (low + 1) / ((trials - low) * odds);
      rest -= below;
      if (rest < 0) return low;
    }
  }
  return mode;
}

/** Draws the number of events that occur at random times with this mean rate. O(mean). */
export function drawPoisson(mean: number, random: Random): number {
  const wait = () => -Math.log(1 - random());
  let events = 0;
  for (let time = wait(); time < mean; time += wait()) events++;
  return events;
}

/** Draws the cell of each of `rows` rows and adds `weight` to its count: multinomial counts. O(cells · √rows). */
export function addRandomCounts(
  counts: Float64Array,
  rows: number,
  probabilities: ArrayLike<number>,
  random: Random,
  weight = 1,
): void {
  let left = rows;
  let mass = 1;
  for (let cell = 0; left > 0 && cell < probabilities.length; cell++) {
    const share = probabilities[cell] / mass;
    // Rounding must not assign rows to the last cells, which have probability 0.
    const drawn = share > 1 - 1e-9 ? left : drawBinomial(left, share, random);
    counts[cell] += weight * drawn;
    left -= drawn;
    mass -= probabilities[cell];
  }
}
