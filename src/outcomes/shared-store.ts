/** An unconfirmed claim ends by itself after this time, so that the death of a replica blocks no outcome. */
export const claimMs = 5_000;

/**
 * `claimed`: ours to count; `confirmed`: another replica has counted it; `own`: this one has, or a process before of
 * which it has taken over the lines; `pending`: another replica is about to count it.
 */
export type ClaimState = 'claimed' | 'confirmed' | 'own' | 'pending';

/** The claim of a batch of observations ends by itself after this time; how it ended is kept for a day. */
export const batchClaimMs = 30_000;
export const batchKeptMs = 86_400_000;

/** How many rows of a batch were taken, and how many refused. */
export type BatchResult = { readonly accepted: number; readonly invalid: number };

/**
 * `claimed`: ours to take; `pending`: another replica is taking it; `differs`: another body has come under its key;
 * or what became of it, when it was taken before.
 */
export type BatchClaim = 'claimed' | 'pending' | 'differs' | BatchResult;

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
  /** Claims a batch of observations for this replica, by the digests of its key and of its body. */
  claimBatch(batch: { readonly key: string; readonly body: string }): Promise<BatchClaim>;
  /** Says what became of a batch that was claimed. */
  settleBatch(batch: { readonly key: string; readonly body: string }, result: BatchResult): Promise<void>;
  /** Keeps the text of an artifact for the other replicas, now and whenever the store comes back. Never fails. */
  publishModel(digest: string, text: string): void;
  /** Publishes it no more; what the store has stays there until it expires. */
  forgetModel(digest: string): void;
  /** @returns `null` for a model that no replica has published */
  getModel(digest: string): Promise<string | null>;
  close(): Promise<void>;
};
