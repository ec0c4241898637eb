const dayMs = 86_400_000;
/** The most versions that are kept for their use beside the one that answers. */
export const maxOthers = 2;
/** The most versions beside the one that answers, with those whose counts still have to be scraped. */
export const maxWithUnscraped = 12;

/** What decides how long a version of the model is kept. */
export type VersionUse = {
  /** When it last answered or got an outcome; in ms of a clock that never goes back. */
  readonly lastUsedMs: number;
  /** Until then its counts may not have been scraped yet; in ms of the same clock. */
  readonly unscrapedUntilMs: number;
};

/**
 * Which versions are dropped from memory and from the exposition, counts and performance alike; Prometheus keeps what
 * it has scraped. Kept are the one that answers, and of those that answered or got an outcome within a day the two
 * that were used last. One that has just got an outcome, which may have brought it back, stays until that has been
 * scraped, unless twelve have been used since.
 *
 * @param answering the version that answers now, never dropped
 */
export function versionsToDrop<Version extends VersionUse>(
  versions: Iterable<Version>,
  answering: Version | undefined,
  nowMs: number,
): Version[] {
  const others = [...versions]
    .filter((version) => version !== answering)
    .sort((one, other) => other.lastUsedMs - one.lastUsedMs);
  const kept = others.filter(
    ({ lastUsedMs, unscrapedUntilMs }, i) =>
      unscrapedUntilMs > nowMs || (i < maxOthers && nowMs - lastUsedMs <= dayMs),
  );
  const stay = new Set(kept.slice(0, maxWithUnscraped));
  return others.filter((version) => !stay.has(version));
}
