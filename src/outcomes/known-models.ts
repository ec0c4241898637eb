import { type Artifact, formatArtifact } from '../model/artifact.ts';
import { classesOf } from '../model/output-classes.ts';
import { createArtifactSearch, refuseOther } from './artifact-search.ts';
import { hasRoomForUnscraped, versionsToDrop } from './kept-versions.ts';
import { createKnownModel, type KnownModel } from './known-model.ts';
import type { ModelFiles } from './model-files.ts';
import type { SharedStore } from './shared-store.ts';
import { digestModel } from './token.ts';

/** An unknown digest is searched for again after this time. */
const lookAgainMs = 10_000;
/** The results for this many digests are remembered. */
const maxLookups = 1000;

/** It is unknown whether a version exists, because the shared store is unavailable. */
export class ModelUnavailable extends Error {}

/** What has to be known about a version to accept its outcomes. */
export type OutcomeModel = Pick<KnownModel, 'name' | 'version' | 'classes'>;

/** A search for a version that is not in use. */
type Lookup = {
  readonly atMs: number;
  readonly found: Promise<OutcomeModel | undefined>;
  isFound?: boolean;
};

/**
 * The model versions that this replica can count outcomes for: those that answered here, now or in an earlier process,
 * and those that answered on another replica, if replicas share a store. Those in use are in memory; the others are
 * loaded when needed.
 */
export type KnownModels = {
  /**
   * Makes sure that an artifact that is to answer cannot be confused with another one, in use or stored.
   *
   * @throws Error if there is one with its name and version but different content
   */
  requireUnique(artifact: Artifact): Promise<void>;
  /**
   * Registers a version that answers from now on, instead of another one of its name; registering the same version
   * again returns the same object while it is in use.
   */
  add(artifact: Artifact): KnownModel;
  /** Notes that no version of this name answers any more. */
  retire(name: string): void;
  /** The version that a token names by its digest, in hexadecimal, if it is in use. */
  get(digest: string): KnownModel | undefined;
  /** The possible outcomes of this version, whether or not it is in use. @throws ModelUnavailable */
  find(digest: string): Promise<OutcomeModel | undefined>;
  /**
   * Brings the version into use again, with counts at 0; it counts once a scrape has shown that. @throws
   * ModelUnavailable
   */
  bringBack(digest: string): Promise<KnownModel | undefined>;
  /** Whether one more may come back; see `hasRoomForUnscraped`. */
  hasRoom(): boolean;
  /** Whether a version is one that answers, which is never dropped. */
  isAnswering(digest: string): boolean;
  /** Those that are in use, oldest first; see `versionsToDrop`. */
  all(): readonly KnownModel[];
  /**
   * Stores the versions in use again, here and in the shared store, where they would expire; files of expired versions
   * are deleted. To be called every `keepAgainMs`. Never rejects.
   */
  keepAgain(): Promise<void>;
  /** Resolves when the artifacts added so far have been stored, or could not be. Never rejects. */
  kept(): Promise<void>;
  /** Takes note of all current counts. @returns what to call when a scrape has been answered with them */
  collected(): () => void;
};

/**
 * @param files where artifacts are stored
 * @param maturityMs age from which the outcome of a prediction counts
 * @param mayHaveBeenShown whether Prometheus may know the counts of a version that comes into use from an earlier process
 * @param now milliseconds of a monotonic clock
 * @param onKnown called when a version has just come into use
 * @param onDropped called when it is no longer in use
 * @param onProblem told in one line what could not be read or stored
 */
export function createKnownModels(options: {
  readonly files: ModelFiles;
  readonly maturityMs: number;
  readonly shared?: SharedStore | undefined;
  readonly mayHaveBeenShown?: () => boolean;
  readonly now?: () => number;
  readonly onKnown: (model: KnownModel) => unknown;
  readonly onDropped?: (model: KnownModel) => unknown;
  readonly onProblem: (message: string) => void;
}): KnownModels {
  const { files, maturityMs, shared, mayHaveBeenShown = () => false } = options;
  const { now = () => performance.now() } = options;
  const { onKnown, onDropped = () => {}, onProblem } = options;
  const search = createArtifactSearch({ files, shared, onProblem });
  const known = new Map<string, KnownModel>();
  /** By name. */
  const answering = new Map<string, KnownModel>();
  let keeping: Promise<void> = Promise.resolve();
  const lookups = new Map<string, Lookup>();

  /** @param isBack whether it has been in use before */
  function use(artifact: Artifact, isBack: boolean): KnownModel {
    const digest = digestModel(artifact);
    const name = digest.toString('hex');
    const before = known.get(name);
    if (before !== undefined) return before;
    const waitsForScrape = isBack ? () => true : mayHaveBeenShown;
    const model = createKnownModel(artifact, { digest, maturityMs, isBack, waitsForScrape, now });
    known.set(name, model);
    if (!isBack) sayLeftOut(model);
    onKnown(model);
    return model;
  }

  function sayLeftOut({ artifact: { name, version }, groupOutcomes }: KnownModel): void {
    const { leftOut } = groupOutcomes.groups;
    if (leftOut.length === 0) return;
    onProblem(
      `${name} ${version}: outcomes are not counted by bin of ${leftOut.join(', ')}: an id has no room for more protected features`,
    );
  }

  const areAnswering = () => new Set(answering.values());

  function dropUnused(): void {
    const nowMs = now();
    for (const model of versionsToDrop(known.values(), areAnswering(), nowMs)) {
      const digest = model.digest.toString('hex');
      known.delete(digest);
      shared?.forgetModel(digest);
      onDropped(model);
      if (model.mayCount() && model.unscrapedUntilMs > nowMs) {
        const { name, version } = model.artifact;
        onProblem(
          `${name} ${version} is dropped for newer versions before its outcomes may have been scraped`,
        );
      }
    }
  }

  function keepAll(versions: Iterable<KnownModel>): Promise<void> {
    for (const { digest, artifact } of versions) {
      const name = digest.toString('hex');
      const text = formatArtifact(artifact);
      shared?.publishModel(name, text);
      keeping = keeping.then(() => files.keep(name, text));
    }
    return keeping.then(() => files.deleteExpired((digest) => known.has(digest)));
  }

  async function look(digest: string): Promise<Artifact | undefined> {
    // one that was dropped immediately may still be being written to disk
    await keeping;
    return search.find(digest).catch((error: Error) => {
      throw new ModelUnavailable(error.message, { cause: error });
    });
  }

  async function findUnused(digest: string): Promise<OutcomeModel | undefined> {
    const artifact = await look(digest);
    if (artifact === undefined) return undefined;
    const { name, version, output } = artifact;
    return { name, version, classes: classesOf(output) };
  }

  return {
    async requireUnique(artifact) {
      for (const one of known.values()) refuseOther(artifact, one.artifact, 'use');
      await search.requireUnique(artifact);
    },
    add(artifact) {
      const model = use(artifact, false);
      answering.get(model.name)?.used('predictions');
      answering.set(model.name, model);
      dropUnused();
      keepAll([model]);
      return model;
    },
    retire(name) {
      answering.get(name)?.used('predictions');
      answering.delete(name);
      dropUnused();
    },
    get: (digest) => known.get(digest),
    async find(digest) {
      const model = known.get(digest);
      if (model !== undefined) return model;
      const atMs = now();
      const before = lookups.get(digest);
      if (before !== undefined && (before.isFound || atMs - before.atMs < lookAgainMs)) return before.found;
      const lookup: Lookup = { atMs, found: findUnused(digest) };
      lookups.set(digest, lookup);
      if (lookups.size > maxLookups) lookups.delete(lookups.keys().next().value as string);
      try {
        const found = await lookup.found;
        lookup.isFound = found !== undefined;
        return found;
      } catch (error) {
        // a store that was unavailable may be back at any moment
        lookups.delete(digest);
        throw error;
      }
    },
    async bringBack(digest) {
      const artifact = await look(digest);
      if (artifact === undefined) return undefined;
      const model = use(artifact, true);
      dropUnused();
      return model;
    },
    hasRoom() {
      dropUnused();
      return hasRoomForUnscraped(known.values(), areAnswering(), now());
    },
    isAnswering(digest) {
      const model = known.get(digest);
      return model !== undefined && answering.get(model.name) === model;
    },
    all() {
      dropUnused();
      return [...known.values()];
    },
    keepAgain() {
      dropUnused();
      return keepAll(known.values());
    },
    kept: () => keeping,
    collected() {
      const shown = [...known.values()].map((model) => model.collected());
      return () => {
        for (const one of shown) one();
      };
    },
  };
}
