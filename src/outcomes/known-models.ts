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
  readonly maturityMs: number;
  readonly shared?: SharedMemory | undefined;
  readonly onKnown: (model: KnownModel) => unknown;
  readonly onProblem: (message: string) => void;
}): KnownModels {
  const { folder, maturityMs, shared, onKnown, onProblem } = options;
  const known = new Map<string, KnownModel>();
  let keeping: Promise<void> = Promise.resolve();
  const lookedForMs = new Map<string, number>();
  const pathOf = (digest: string) => join(folder, `${digest}.json`);

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
    const path = pathOf(digest);
    try {
      await mkdir(folder, { recursive: true, mode: 0o750 });
      const kept = await readFile(path, 'utf8').catch(() => undefined);
      if (kept !== text) await writeFileAtomically(path, text);
    } catch (error) {
      onProblem(`${(error as Error).message}: outcomes of this version are unknown to later processes`);
    }
  }

  async function look(digest: string): Promise<KnownModel | undefined> {
    const path = pathOf(digest);
    const kept = await readFile(path, 'utf8').catch(() => undefined);
    const text = kept ?? (await shared?.getModel(digest).catch(() => null));
    if (text === undefined || text === null) return undefined;
    try {
      const artifact = parseArtifact(text, path);
      if (kept === undefined) await keep(digest, text);
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
      const nowMs = performance.now();
      if (nowMs - (lookedForMs.get(digest) ?? Number.NEGATIVE_INFINITY) < lookAgainMs) return undefined;
      lookedForMs.set(digest, nowMs);
      return look(digest);
    },
    all: () => [...known.values()],
    kept: () => keeping,
  };
}
