/** An unconfirmed claim expires after this time, so that a replica's crash does not block outcomes. */
export const claimMs = 5_000;

/**
 * `claimed`: ours to count; `confirmed`: another replica has counted it; `own`: this one has, or an earlier process
 * whose lines it has taken over; `pending`: another replica is about to count it.
 */
export type ClaimState = 'claimed' | 'confirmed' | 'own' | 'pending';

/** The claim of a batch of observations expires after this time; its result is kept for a day. */
export const batchClaimMs = 30_000;
export const batchKeptMs = 86_400_000;

/** How many rows of a batch were accepted, and how many refused. */
export type BatchResult = { readonly accepted: number; readonly invalid: number };

/**
 * `claimed`: ours to process; `pending`: another replica is processing it; `differs`: a different body has been sent
 * with its key; or its result, if it was processed before.
 */
export type BatchClaim = 'claimed' | 'pending' | 'differs' | BatchResult;

/** What replicas have to know about each other. Every call rejects within seconds if the store is unavailable. */
export type SharedStore = {
  /** Claims outcomes for this replica, except those that others have. A claim expires after `claimMs`. */
  claim(keys: readonly bigint[]): Promise<ClaimState[]>;
  /**
   * Makes claims permanent.
   *
   * @param forgetAtMs when each may be forgotten, in ms since 1970; parallel to `keys`
   * @param owners the owners of the lines, among those that this process has taken over; itself by default
   * @returns false for a claim that had expired and that another replica has taken
   */
  confirm(
    keys: readonly bigint[],
    forgetAtMs: readonly number[],
    owners?: readonly string[],
  ): Promise<boolean[]>;
  /** Claims a batch of observations for this replica, by the digests of its key and of its body. */
  claimBatch(batch: { readonly key: string; readonly body: string }): Promise<BatchClaim>;
  /** Stores the result of a batch that was claimed. */
  settleBatch(batch: { readonly key: string; readonly body: string }, result: BatchResult): Promise<void>;
  /** Publishes the text of an artifact for the other replicas, now and whenever the store is back. Never fails. */
  publishModel(digest: string, text: string): void;
  /** Stops publishing it; the store keeps it until it expires. */
  forgetModel(digest: string): void;
  /** @returns `null` for a model that no replica has published */
  getModel(digest: string): Promise<string | null>;
  close(): Promise<void>;
};
