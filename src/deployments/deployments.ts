import type { Artifact } from '../model/artifact.ts';
import { contentDigest } from '../model/artifact-version.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import type { Predictor } from '../predictors/predictor.ts';
import type { SampleValues } from '../samples/sample.ts';
import { type Deployment, deploy } from './deployment.ts';
import type { LoadedModel } from './load-models.ts';

/** Longer than a request may take to be answered. */
const closeAfterMs = 60_000;

/** The models that answer, by name, and their earlier versions that are still in use. */
export type Deployments = {
  /** The model of a name; a request keeps the one it began with. */
  get(name: string): Deployment | undefined;
  /**
   * The model that answers by default: the one that `DEFAULT_MODEL` names, or the only one that is not a shadow.
   * `undefined` if that is ambiguous.
   */
  readonly default: Deployment | undefined;
  /** Those that answer, in the order of their names. */
  readonly answering: readonly Deployment[];
  /** The predictor of a model that is in use, identified by its whole content. */
  predictorOf(artifact: Artifact): Predictor | undefined;
  /** The file that the model of a name was read from. */
  pathOf(name: string): string | undefined;
  /** Earlier versions that are still in use (see `versionsToDrop`), oldest first; the others are released. */
  retired(): readonly Deployment[];
  /**
   * Lets a model answer from the next request on, instead of another of its name; requests in flight finish with the
   * one they began with. The counts of the previous version are kept separately as long as it is in use. A version that
   * comes back in the meantime continues counting where it stopped.
   *
   * @returns whether the model differs from the one with its name that answered before
   */
  put(model: LoadedModel): boolean;
  /** Stops the model of a name from answering. */
  retire(name: string): void;
  /** Releases the predictors of the models that answer or have answered. */
  close(): Promise<void>;
};

/**
 * @param defaultName `DEFAULT_MODEL`
 * @param shadowNames `SHADOW_MODELS`
 * @param models the versions whose outcomes can be counted
 */
export function createDeployments(options: {
  readonly defaultName?: string | undefined;
  readonly shadowNames?: readonly string[];
  readonly sampleValues: SampleValues;
  readonly models: KnownModels;
}): Deployments {
  const { defaultName, shadowNames = [], sampleValues, models } = options;
  const answering = new Map<string, { readonly deployment: Deployment; readonly path: string }>();
  let sorted: readonly Deployment[] = [];
  let unnamed: Deployment | undefined;
  let retired: readonly Deployment[] = [];

  function sort(): void {
    sorted = [...answering.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { deployment }]) => deployment);
    const candidates = sorted.filter(({ artifact: { name } }) =>
      defaultName === undefined ? !shadowNames.includes(name) : name === defaultName,
    );
    unnamed = candidates.length === 1 ? candidates[0] : undefined;
  }

  function dropUnused(): readonly Deployment[] {
    const inUse = new Set(models.all());
    const dropped = retired.filter(({ known }) => !inUse.has(known));
    if (dropped.length > 0) retired = retired.filter(({ known }) => inUse.has(known));
    for (const { predictor } of dropped) closeLater(predictor);
    return retired;
  }

  return {
    get: (name) => answering.get(name)?.deployment,
    get default() {
      return unnamed;
    },
    get answering() {
      return sorted;
    },
    pathOf: (name) => answering.get(name)?.path,
    retired: dropUnused,
    predictorOf: (artifact) =>
      [...sorted, ...dropUnused()].find((one) => isSame(one.artifact, artifact))?.predictor,
    put({ artifact, path, predictor }) {
      const current = answering.get(artifact.name)?.deployment;
      if (current !== undefined && isSame(current.artifact, artifact)) {
        answering.set(artifact.name, { deployment: current, path });
        return false;
      }
      const before = dropUnused().find((candidate) => isSame(candidate.artifact, artifact));
      if (before) models.add(artifact);
      const deployment = before ?? deploy(artifact, { predictor, sampleValues, models });
      answering.set(artifact.name, { deployment, path });
      retired = retired.filter((candidate) => candidate !== before);
      if (current !== undefined) retired = [...retired, current];
      dropUnused();
      sort();
      return true;
    },
    retire(name) {
      const current = answering.get(name)?.deployment;
      if (current === undefined) return;
      answering.delete(name);
      models.retire(name);
      retired = [...retired, current];
      dropUnused();
      sort();
    },
    async close() {
      await Promise.allSettled([...sorted, ...retired].map(({ predictor }) => predictor?.close?.()));
    },
  };
}

/** Requests that began before may still have to be answered. */
function closeLater(predictor: Predictor | undefined): void {
  if (predictor?.close === undefined) return;
  setTimeout(() => predictor.close?.().catch(() => {}), closeAfterMs).unref();
}

function isSame(one: Artifact, other: Artifact): boolean {
  return one.name === other.name && contentDigest(one) === contentDigest(other);
}
