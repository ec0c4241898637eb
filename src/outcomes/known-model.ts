import type { Artifact } from '../model/artifact.ts';
import { classesOf } from '../model/output-classes.ts';
import { createGroupOutcomes, type GroupOutcomes } from '../monitor/group-outcomes.ts';
import { createJointGroups } from '../monitor/joint-groups.ts';
import { createOutcomeDelays, type OutcomeDelays } from '../monitor/outcome-delays.ts';
import { createPerformance, type Performance } from '../monitor/performance.ts';
import { performanceReferenceOf } from '../monitor/performance-reference.ts';
import type { VersionUse } from './kept-versions.ts';
import { type ModelDigest, maxGroups } from './token.ts';

/**
 * If nobody scrapes, whatever waits for a scrape waits this long: the longest interval that Prometheus's own staleness
 * handling allows.
 */
export const firstScrapeMs = 120_000;

/** A model version whose outcomes can be counted. */
export type KnownModel = VersionUse & {
  readonly artifact: Artifact;
  readonly version: string;
  readonly classes: readonly string[];
  readonly digest: ModelDigest;
  readonly performance: Performance;
  readonly delays: OutcomeDelays;
  /** By bin of the protected features. */
  readonly groupOutcomes: GroupOutcomes;
  /**
   * Whether outcomes count yet. If Prometheus may know its series with other values, a scrape has to show them at 0
   * first: an increase from 0 past the last known value would look smaller than it is.
   */
  mayCount(): boolean;
  /** Notes that it has just received an outcome, or answered until now, which keeps it in use for a while. */
  used(by: 'outcome' | 'predictions'): void;
  /** Takes note of its current counts. @returns what to call when a scrape has been answered with them */
  collected(): () => void;
};

/**
 * @param isBack whether it has been in use before: its predictions mature only once its return may have been scraped
 * @param waitsForScrape whether it must not count before a scrape has shown it
 * @param now milliseconds of a monotonic clock
 */
export function createKnownModel(
  artifact: Artifact,
  options: {
    readonly digest: ModelDigest;
    readonly maturityMs: number;
    readonly isBack: boolean;
    readonly waitsForScrape: () => boolean;
    readonly now: () => number;
  },
): KnownModel {
  const { digest, maturityMs, isBack, waitsForScrape, now } = options;
  const countsFromMs = now() + firstScrapeMs;
  const classes = classesOf(artifact.output);
  let lastUsedMs = now();
  let lastOutcomeMs = Number.NEGATIVE_INFINITY;
  let outcomes = 0;
  /** The counts that a scrape has shown; none before the first scrape. */
  let scraped = -1;
  const mayCount = () => scraped >= 0 || !waitsForScrape() || countsFromMs <= now();
  return {
    name: artifact.name,
    version: artifact.version,
    classes,
    artifact,
    digest,
    performance: createPerformance(
      performanceReferenceOf(artifact),
      maturityMs,
      undefined,
      isBack ? Date.now() + firstScrapeMs : 0,
    ),
    delays: createOutcomeDelays(classes.length),
    groupOutcomes: createGroupOutcomes(createJointGroups(artifact, maxGroups), classes.length),
    mayCount,
    used(by) {
      lastUsedMs = now();
      if (by === 'predictions') return;
      lastOutcomeMs = lastUsedMs;
      outcomes++;
    },
    collected() {
      const told = outcomes;
      return () => {
        scraped = Math.max(scraped, told);
      };
    },
    get lastUsedMs() {
      return lastUsedMs;
    },
    get unscrapedUntilMs() {
      if (scraped === outcomes) return Number.NEGATIVE_INFINITY;
      return Math.max(isBack ? countsFromMs : lastOutcomeMs, lastOutcomeMs) + firstScrapeMs;
    },
  };
}
