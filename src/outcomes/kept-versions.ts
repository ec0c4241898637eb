import { dayMs } from '../times/day.ts';
/** The most versions of a model that are kept for their use beside the one that answers. */
export const maxOthers = 2;
/** The most versions, of all models together, that are kept only until their counts have been scraped. */
export const maxUnscraped = 10;

/** What decides how long a version of a model is kept. */
export type VersionUse = {
  /** The name of the model. */
  readonly name: string;
  /** When it last answered or got an outcome; in ms of a clock that never goes back. */
  readonly lastUsedMs: number;
  /** Until then its counts may not have been scraped yet; in ms of the same clock. */
  readonly unscrapedUntilMs: number;
};

type Sorted<Version> = {
  /** Versions that stay only until they have been scraped. */
  readonly unscraped: readonly Version[];
  readonly dropped: readonly Version[];
};

/**
 * Which versions are dropped from memory and from the exposition, counts and performance alike; Prometheus keeps what
 * it has scraped. Kept are those that answer, and of each model's others that answered or got an outcome within a day
 * the two that were used last. The versions of models of which none answers any more count as one model's: however many
 * names come and go, two of them stay. One that has just got an outcome, which may have brought it back, stays until
 * that has been scraped, unless ten such have been used since.
 *
 * @param answering the versions that answer now, never dropped
 */
export function versionsToDrop<Version extends VersionUse>(
  versions: Iterable<Version>,
  answering: ReadonlySet<Version>,
  nowMs: number,
): readonly Version[] {
  return sort(versions, answering, nowMs).dropped;
}

/** Whether one more version may be brought back for its outcomes before others have been scraped. */
export function hasRoomForUnscraped<Version extends VersionUse>(
  versions: Iterable<Version>,
  answering: ReadonlySet<Version>,
  nowMs: number,
): boolean {
  return sort(versions, answering, nowMs).unscraped.length < maxUnscraped;
}

function sort<Version extends VersionUse>(
  versions: Iterable<Version>,
  answering: ReadonlySet<Version>,
  nowMs: number,
): Sorted<Version> {
  const names = new Set([...answering].map(({ name }) => name));
  const others = [...versions]
    .filter((version) => !answering.has(version))
    .sort((one, other) => other.lastUsedMs - one.lastUsedMs);
  const unused = [...Map.groupBy(others, ({ name }) => (names.has(name) ? name : undefined)).values()]
    .flatMap((group) => group.filter(({ lastUsedMs }, i) => i >= maxOthers || nowMs - lastUsedMs > dayMs))
    .sort((one, other) => other.lastUsedMs - one.lastUsedMs);
  const unscraped = unused.filter(({ unscrapedUntilMs }) => unscrapedUntilMs > nowMs).slice(0, maxUnscraped);
  const stay = new Set(unscraped);
  return { unscraped, dropped: unused.filter((version) => !stay.has(version)) };
}
