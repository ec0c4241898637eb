import { readFile, stat } from 'node:fs/promises';
import { type Artifact, formatArtifact, parseArtifact } from '../model/artifact.ts';
import { contentDigest } from '../model/artifact-version.ts';
import type { ModelFiles } from './model-files.ts';
import type { SharedStore } from './shared-store.ts';
import { digestModel } from './token.ts';

/** Far more than any artifact has. */
const maxBytes = 256 * 1024 * 1024;
/** This many problems are remembered, so that each is reported once. */
const maxSaid = 1000;

/**
 * Finds the artifacts of versions that are not in use. Whatever is found is verified: a matching name is not enough.
 */
export type ArtifactSearch = {
  /**
   * Looks in this replica's folder, then in those of the others, then in the shared store. What is found is kept in this
   * replica's folder.
   *
   * @throws Error if the shared store is unavailable
   */
  find(digest: string): Promise<Artifact | undefined>;
  /**
   * Makes sure that no kept artifact has the name and version of this one but different content: a version is the
   * beginning of a hash, so somebody could construct two artifacts that share it.
   *
   * @throws Error naming the file of the other one
   */
  requireUnique(artifact: Artifact): Promise<void>;
};

/**
 * @param onProblem told in one line, once, of each place that contains something other than the artifact it is named
 * after
 */
export function createArtifactSearch(options: {
  readonly files: ModelFiles;
  readonly shared: Pick<SharedStore, 'getModel'> | undefined;
  readonly onProblem: (message: string) => void;
}): ArtifactSearch {
  const { files, shared, onProblem } = options;
  const said = new Set<string>();

  function sayOnce(message: string): void {
    if (said.has(message)) return;
    if (said.size >= maxSaid) said.clear();
    said.add(message);
    onProblem(message);
  }

  /** The artifact in a text, if it has this digest. */
  function check(digest: string, text: string, source: string): Artifact | undefined {
    try {
      const artifact = parseArtifact(text, source);
      if (digestModel(artifact).toString('hex') === digest) return artifact;
      sayOnce(`${source}: is ${artifact.name} ${artifact.version}, not the model it is named after: ignored`);
    } catch (error) {
      sayOnce((error as Error).message);
    }
    return undefined;
  }

  async function read(digest: string, path: string): Promise<Artifact | undefined> {
    try {
      const found = await stat(path);
      if (!found.isFile() || found.size > maxBytes) throw new Error('not a file, or too large');
      return check(digest, await readFile(path, 'utf8'), path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') sayOnce(`${path}: cannot be read: ${code ?? message}`);
      return undefined;
    }
  }

  return {
    async find(digest) {
      const [own, ...others] = await files.places(digest);
      for (const path of [own, ...others]) {
        const artifact = await read(digest, path);
        if (artifact === undefined) continue;
        if (path !== own) await files.keep(digest, formatArtifact(artifact));
        return artifact;
      }
      const text = (await shared?.getModel(digest)) ?? undefined;
      const artifact = text === undefined ? undefined : check(digest, text, 'the shared store');
      if (artifact !== undefined) await files.keep(digest, formatArtifact(artifact));
      return artifact;
    },
    async requireUnique(artifact) {
      const digest = digestModel(artifact).toString('hex');
      for (const path of await files.places(digest)) {
        const kept = await read(digest, path);
        if (kept !== undefined) refuseOther(artifact, kept, path);
      }
    },
  };
}

/**
 * @param place where the other one was found
 * @throws Error if the two have the same name and version but different content
 */
export function refuseOther(artifact: Artifact, other: Artifact, place: string): void {
  const { name, version } = artifact;
  if (name !== other.name || version !== other.version) return;
  if (contentDigest(artifact) === contentDigest(other)) return;
  throw new Error(
    `${name} ${version}: a different model with this name and version is in ${place}: their outcomes could not be told apart; retrain the model`,
  );
}
