import type { Candidate } from './check-outcomes.ts';

/** Lets one batch at a time keep an outcome: the others wait for what becomes of it. */
export type Reservations = {
  /**
   * Waits until nobody else keeps any of these outcomes.
   *
   * @param candidates with different ids
   * @param isFresh whether an outcome has still to be kept
   * @returns those that have, which are reserved until `release` is called
   */
  reserve(
    candidates: readonly Candidate[],
    isFresh: (candidate: Candidate) => boolean,
  ): Promise<{ readonly fresh: readonly Candidate[]; readonly release: () => void }>;
};

export function createReservations(): Reservations {
  /** When the keeping of an outcome will have come to an end. */
  const inFlight = new Map<bigint, Promise<void>>();
  return {
    async reserve(candidates, isFresh) {
      for (;;) {
        const busy = candidates.flatMap(({ token }) => inFlight.get(token.key) ?? []);
        if (busy.length === 0) break;
        await Promise.all(busy);
      }
      // in the same turn as the look at what is in flight: another batch could slip in between
      const fresh = candidates.filter(isFresh);
      const { promise, resolve } = Promise.withResolvers<void>();
      for (const { token } of fresh) inFlight.set(token.key, promise);
      const release = () => {
        for (const { token } of fresh) inFlight.delete(token.key);
        resolve();
      };
      return { fresh, release };
    },
  };
}
