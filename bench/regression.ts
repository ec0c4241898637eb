import type { Round } from './comparison.ts';

/** The variants that CI measures in turn, by the keys of variants.ts. */
export type CheckedRounds = Readonly<Record<'U' | 'V0' | 'V100', readonly Round[]>>;

export type Check = {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly isRegression: boolean;
};

/**
 * Compares the cost of watching and of tracing with that of the unwatched service in the same round. The limits are
 * about twice the recorded values (0.65 and 3.3 of U). The round with the lowest cost counts: a regression shows in
 * every round, other work on a CI machine only in some.
 */
export function checkRegression({ U, V0, V100 }: CheckedRounds): Check[] {
  const least = (cost: (i: number) => number) => Math.min(...U.map((bare, i) => cost(i) / bare.cpuMicros));
  return [
    hold(
      'watching an untraced request, as a multiple of U',
      least((i) => V0[i].cpuMicros - U[i].cpuMicros),
      1.3,
    ),
    hold(
      'tracing a request, as a multiple of U',
      least((i) => V100[i].cpuMicros - V0[i].cpuMicros),
      6.6,
    ),
  ];
}

/**
 * Compares the cost of a row in a batch with that of a single one in the same round. The ratio was 0.07 when this was
 * written; the limit is several times that, as CI machines are busy.
 *
 * @param batched processor time a row, round by round, as `single`
 */
export function checkBatches(batched: readonly number[], single: readonly number[]): Check {
  const shares = batched.map((micros, i) => micros / single[i]);
  return hold(
    'a row in a batch of observations, as a share of one that comes alone',
    Math.min(...shares),
    0.25,
  );
}

function hold(what: string, measured: number, limit: number): Check {
  return { what, measured, limit, isRegression: measured > limit };
}
