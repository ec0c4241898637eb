import type { Candidate } from './check-outcomes.ts';

/** Lets one batch at a time store an outcome: the others wait for the result. */
export type Reservations = {
  /**
   * Waits until no other batch is storing any of these outcomes.
   *
   * @param candidates with different ids
   * @param isFresh whether an outcome still has to be stored
   * @returns those that still have to be stored, reserved until `release` is called
   */
  reserve(
    candidates: readonly Candidate[],
    isFresh: (candidate: Candidate) => boolean,
  ): Promise<{ readonly fresh: readonly Candidate[]; readonly release: () => void }>;
};

export function createReservations(): Reservations {
  /** Resolves when the attempt to store an outcome has ended. */
  const inFlight = new Map<bigint, Promise<void>>();
  return {
    async reserve(candidates, isFresh) {
      for (;;) {
        const busy = candidates.flatMap(({ token }) => inFlight.get(token.key) ?? []);
        if (busy.length === 0) break;
        await Promise.all(busy);
      }
      // in the same turn as the check of what is in flight: otherwise another batch could slip in between
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
