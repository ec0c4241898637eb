import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, formatArtifact, parseArtifact } from '../model/artifact.ts';
import { createOutcomeDelays, type OutcomeDelays } from '../monitor/outcome-delays.ts';
import { createPerformance, type Performance } from '../monitor/performance.ts';
import { performanceReferenceOf } from '../monitor/performance-reference.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { type VersionUse, versionsToDrop } from './kept-versions.ts';
import type { SharedMemory } from './shared-memory.ts';
import { digestModel, type ModelDigest } from './token.ts';

/** Counters are scraped at 0 before anything counts that is not of this moment, so that its increase is seen. */
export const firstScrapeMs = 30_000;
/** A digest that nobody knew is looked for again after this time. */
const lookAgainMs = 10_000;

/** Whether a version is known cannot be told now, as the shared memory is away. */
export class ModelUnavailable extends Error {}

/** A model version whose outcomes can be counted. */
export type KnownModel = VersionUse & {
  readonly artifact: Artifact;
  readonly digest: ModelDigest;
  readonly performance: Performance;
  readonly delays: OutcomeDelays;
  /** Before this time nothing is counted; ms since 1970. */
  readonly countsFromMs: number;
  /** Notes that it has just got an outcome, or answered until now: that keeps it in use for a while. */
  used(by: 'outcome' | 'predictions'): void;
};

/**
 * The model versions that this replica can count outcomes for: those that answered here, now or in an earlier process,
 * and those that answered on another replica, if replicas share a memory. Those in use are in memory; the others come
 * back when they are looked for.
 */
export type KnownModels = {
  /** Makes a version known that answers from now on; the same version again is the same object while it is in use. */
  add(artifact: Artifact): KnownModel;
  /** The version that a token names by its digest, in hexadecimal, if it is in use. */
  get(digest: string): KnownModel | undefined;
  /** The same for an outcome of it: it stays in use, or comes back. @throws ModelUnavailable */
  find(digest: string): Promise<KnownModel | undefined>;
  /** Those that are in use, oldest first; see `versionsToDrop`. */
  all(): readonly KnownModel[];
  /** Resolves when the artifacts added so far are kept, or cannot be. Never rejects. */
  kept(): Promise<void>;
};

/**
 * @param folder where artifacts are kept by their digest, for the outcomes that come when the version has long gone
 * @param maturityMs age from which the outcome of a prediction counts
 * @param onKnown called when a version has just come into use
 * @param onDropped called when it is in use no longer
 * @param onProblem told in one line what could not be read or kept
 */
export function createKnownModels(options: {
  readonly folder: string;
  /** The folders of other replicas, running or gone, where artifacts may be as well. */
  readonly otherFolders?: () => Promise<readonly string[]>;
  readonly maturityMs: number;
  readonly shared?: SharedMemory | undefined;
  readonly onKnown: (model: KnownModel) => unknown;
  readonly onDropped?: (model: KnownModel) => unknown;
  readonly onProblem: (message: string) => void;
}): KnownModels {
  const { folder, otherFolders = async () => [], maturityMs, shared } = options;
  const { onKnown, onDropped = () => {}, onProblem } = options;
  const known = new Map<string, KnownModel>();
  let answering: KnownModel | undefined;
  let keeping: Promise<void> = Promise.resolve();
  const lookups = new Map<
    string,
    { readonly atMs: number; readonly found: Promise<KnownModel | undefined> }
  >();

  function use(artifact: Artifact, countsFromMs: number): KnownModel {
    const digest = digestModel(artifact);
    const name = digest.toString('hex');
    const before = known.get(name);
    if (before !== undefined) return before;
    const model = createKnownModel(artifact, { digest, maturityMs, countsFromMs });
    known.set(name, model);
    onKnown(model);
    return model;
  }

  function dropUnused(): void {
    for (const model of versionsToDrop(known.values(), answering, Date.now())) {
      const digest = model.digest.toString('hex');
      known.delete(digest);
      shared?.forgetModel(digest);
      onDropped(model);
    }
  }

  async function keep(digest: string, text: string): Promise<void> {
    const path = join(folder, fileOf(digest));
    try {
      await mkdir(folder, { recursive: true, mode: 0o750 });
      const kept = await readFile(path, 'utf8').catch(() => undefined);
      if (kept !== text) await writeFileAtomically(path, text);
    } catch (error) {
      onProblem(`${(error as Error).message}: outcomes of this version are unknown to later processes`);
    }
  }

  /** Looks in our folder, then in those of the others, then in the shared memory; what is found is kept in ours. */
  async function look(digest: string): Promise<KnownModel | undefined> {
    // one that was dropped at once may still be on its way to the disk
    await keeping;
    for (const place of [folder, ...(await otherFolders().catch(() => []))]) {
      const path = join(place, fileOf(digest));
      const text = await readFile(path, 'utf8').catch(() => undefined);
      const model = text === undefined ? undefined : await take(digest, text, path);
      if (model !== undefined) return model;
    }
    const text = await shared?.getModel(digest).catch(away);
    return text === undefined || text === null ? undefined : take(digest, text, 'the shared memory');
  }

  async function take(digest: string, text: string, source: string): Promise<KnownModel | undefined> {
    try {
      const artifact = parseArtifact(text, source);
      if (digestModel(artifact).toString('hex') !== digest) throw new Error(`${source}: is another model`);
      await keep(digest, text);
      const model = use(artifact, Date.now() + firstScrapeMs);
      dropUnused();
      return model;
    } catch (error) {
      onProblem((error as Error).message);
      return undefined;
    }
  }

  return {
    add(artifact) {
      const model = use(artifact, 0);
      answering?.used('predictions');
      answering = model;
      dropUnused();
      const digest = model.digest.toString('hex');
      const text = formatArtifact(artifact);
      shared?.publishModel(digest, text);
      keeping = keeping.then(() => keep(digest, text));
      return model;
    },
    get: (digest) => known.get(digest),
    async find(digest) {
      const model = known.get(digest);
      model?.used('outcome');
      if (model !== undefined) return model;
      const atMs = performance.now();
      const before = lookups.get(digest);
      if (before !== undefined && atMs - before.atMs < lookAgainMs) return before.found;
      const found = look(digest);
      lookups.set(digest, { atMs, found });
      // what was found may be dropped and looked for again, and a store that was away may be back at once
      found.then(
        (model) => model && lookups.delete(digest),
        () => lookups.delete(digest),
      );
      return found;
    },
    all() {
      dropUnused();
      return [...known.values()];
    },
    kept: () => keeping,
  };
}

/** The name of the file that holds the artifact of a digest. */
function fileOf(digest: string): string {
  return `${digest}.json`;
}

/** What is thrown when the shared memory cannot be asked. */
function away(error: Error): never {
  throw new ModelUnavailable(error.message, { cause: error });
}

function createKnownModel(
  artifact: Artifact,
  options: { readonly digest: ModelDigest; readonly maturityMs: number; readonly countsFromMs: number },
): KnownModel {
  const { digest, maturityMs, countsFromMs } = options;
  let lastUsedMs = Date.now();
  let lastOutcomeMs = Number.NEGATIVE_INFINITY;
  return {
    artifact,
    digest,
    performance: createPerformance(performanceReferenceOf(artifact), maturityMs, undefined, countsFromMs),
    delays: createOutcomeDelays(),
    countsFromMs,
    used(by) {
      lastUsedMs = Date.now();
      if (by === 'outcome') lastOutcomeMs = lastUsedMs;
    },
    get lastUsedMs() {
      return lastUsedMs;
    },
    get unscrapedUntilMs() {
      return Math.max(countsFromMs, lastOutcomeMs) + firstScrapeMs;
    },
  };
}
