import type { Round } from './comparison.ts';

/** What CI measures in turn, by the keys of variants.ts. */
export type CheckedRounds = Readonly<Record<'U' | 'V0' | 'V100', readonly Round[]>>;

export type Check = {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly isRegression: boolean;
};

/**
 * Holds the cost of watching and of tracing to what the service unwatched costs in the same round. The limits are
 * about twice what the runs on record give (0.65 and 3.3 of U). The round with the least cost counts: a regression shows
 * in every round, other work on a CI machine only in some.
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

function hold(what: string, measured: number, limit: number): Check {
  return { what, measured, limit, isRegression: measured > limit };
}
