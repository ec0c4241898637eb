import { dayMs } from '../times/day.ts';
/** The maximum number of recently used versions of a model that are kept besides the one that answers. */
export const maxOthers = 2;
/** The maximum number of versions, over all models, that are kept only until their counts have been scraped. */
export const maxUnscraped = 10;

/** The facts that decide how long a version of a model is kept. */
export type VersionUse = {
  /** The name of the model. */
  readonly name: string;
  /** When it last answered or received an outcome; in ms of a monotonic clock. */
  readonly lastUsedMs: number;
  /** Until this time its counts may not have been scraped yet; in ms of the same clock. */
  readonly unscrapedUntilMs: number;
};

type Sorted<Version> = {
  /** Versions that are kept only until they have been scraped. */
  readonly unscraped: readonly Version[];
  readonly dropped: readonly Version[];
};

/**
 * Which versions are dropped from memory and from the exposition, counts and performance alike; Prometheus keeps what
 * it has scraped. The versions kept are those that answer, and for each model the two most recently used others that
 * answered or received an outcome within a day. Versions of models that no longer answer at all count as versions of
 * one model: however many names come and go, two of them stay. A version that has just received an outcome, and may
 * have been loaded again for it, stays until that has been scraped, unless ten such versions have been used since.
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

/** Whether one more version may be loaded again for its outcomes before others have been scraped. */
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
