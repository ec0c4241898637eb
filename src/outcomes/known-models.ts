import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, formatArtifact, parseArtifact } from '../model/artifact.ts';
import { createOutcomeDelays, type OutcomeDelays } from '../monitor/outcome-delays.ts';
import { createPerformance, type Performance } from '../monitor/performance.ts';
import { performanceReferenceOf } from '../monitor/performance-reference.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import type { SharedMemory } from './shared-memory.ts';
import { digestModel, type ModelDigest } from './token.ts';

/** Counters are scraped at 0 before anything counts that is not of this moment, so that its increase is seen. */
export const firstScrapeMs = 30_000;
/** A digest that nobody knew is looked for again after this time. */
const lookAgainMs = 10_000;

/** A model version whose outcomes can be counted. */
export type KnownModel = {
  readonly artifact: Artifact;
  readonly digest: ModelDigest;
  readonly performance: Performance;
  readonly delays: OutcomeDelays;
  /** Before this time nothing is counted; ms since 1970. */
  readonly countsFromMs: number;
};

/**
 * The model versions that this replica can count outcomes for: those that answered here, now or in an earlier process,
 * and those that answered on another replica, if replicas share a memory.
 */
export type KnownModels = {
  /** Makes a version known that is about to answer; the same version again is the same object. */
  add(artifact: Artifact): KnownModel;
  /** The version that a token names by its digest, in hexadecimal. Never rejects. */
  find(digest: string): Promise<KnownModel | undefined>;
  /** Those that are in use, oldest first. */
  all(): readonly KnownModel[];
  /** Resolves when the artifacts added so far are kept, or cannot be. Never rejects. */
  kept(): Promise<void>;
};

/**
 * @param folder where artifacts are kept by their digest, for the outcomes that come when the version has long gone
 * @param maturityMs age from which the outcome of a prediction counts
 * @param onKnown called once for each version, when it has just become known
 * @param onProblem told in one line what could not be read or kept
 */
export function createKnownModels(options: {
  readonly folder: string;
  /** The folders of other replicas, running or gone, where artifacts may be as well. */
  readonly otherFolders?: () => Promise<readonly string[]>;
  readonly maturityMs: number;
  readonly shared?: SharedMemory | undefined;
  readonly onKnown: (model: KnownModel) => unknown;
  readonly onProblem: (message: string) => void;
}): KnownModels {
  const { folder, otherFolders = async () => [], maturityMs, shared, onKnown, onProblem } = options;
  const known = new Map<string, KnownModel>();
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
    const model: KnownModel = {
      artifact,
      digest,
      performance: createPerformance(performanceReferenceOf(artifact), maturityMs),
      delays: createOutcomeDelays(),
      countsFromMs,
    };
    known.set(name, model);
    onKnown(model);
    return model;
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
    for (const place of [folder, ...(await otherFolders().catch(() => []))]) {
      const path = join(place, fileOf(digest));
      const text = await readFile(path, 'utf8').catch(() => undefined);
      const model = text === undefined ? undefined : await take(digest, text, path);
      if (model !== undefined) return model;
    }
    const text = await shared?.getModel(digest).catch(() => null);
    return text === undefined || text === null ? undefined : take(digest, text, 'the shared memory');
  }

  async function take(digest: string, text: string, source: string): Promise<KnownModel | undefined> {
    try {
      const artifact = parseArtifact(text, source);
      if (digestModel(artifact).toString('hex') !== digest) throw new Error(`${source}: is another model`);
      await keep(digest, text);
      return use(artifact, Date.now() + firstScrapeMs);
    } catch (error) {
      onProblem((error as Error).message);
      return undefined;
    }
  }

  return {
    add(artifact) {
      const model = use(artifact, 0);
      const digest = model.digest.toString('hex');
      const text = formatArtifact(artifact);
      shared?.publishModel(digest, text);
      keeping = keeping.then(() => keep(digest, text));
      return model;
    },
    async find(digest) {
      const model = known.get(digest);
      if (model !== undefined) return model;
      const atMs = performance.now();
      const before = lookups.get(digest);
      if (before !== undefined && atMs - before.atMs < lookAgainMs) return before.found;
      const found = look(digest);
      lookups.set(digest, { atMs, found });
      return found;
    },
    all: () => [...known.values()],
    kept: () => keeping,
  };
}

/** The name of the file that holds the artifact of a digest. */
function fileOf(digest: string): string {
  return `${digest}.json`;
}
