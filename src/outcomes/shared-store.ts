/** An unconfirmed claim ends by itself after this time, so that the death of a replica blocks no outcome. */
export const claimMs = 5_000;

/**
 * `claimed`: ours to count; `confirmed`: another replica has counted it; `own`: this one has, or a process before of
 * which it has taken over the lines; `pending`: another replica is about to count it.
 */
export type ClaimState = 'claimed' | 'confirmed' | 'own' | 'pending';

/** What replicas have to know of each other. Every call rejects within seconds when the store cannot be asked. */
export type SharedStore = {
  /** Claims outcomes for this replica, all that nobody else has. A claim ends after `claimMs`. */
  claim(keys: readonly bigint[]): Promise<ClaimState[]>;
  /**
   * Makes claims last.
   *
   * @param forgetAtMs when each may be forgotten, in ms since 1970; parallel to `keys`
   * @param owners whose lines they are, of those that this process has taken over; its own if not given
   * @returns false for a claim that had ended and that another replica has taken
   */
  confirm(
    keys: readonly bigint[],
    forgetAtMs: readonly number[],
    owners?: readonly string[],
  ): Promise<boolean[]>;
  /** Keeps the text of an artifact for the other replicas, now and whenever the store comes back. Never fails. */
  publishModel(digest: string, text: string): void;
  /** Publishes it no more; what the store has stays there until it expires. */
  forgetModel(digest: string): void;
  /** @returns `null` for a model that no replica has published */
  getModel(digest: string): Promise<string | null>;
  close(): Promise<void>;
};
