import { readFile, stat } from 'node:fs/promises';
import { type Artifact, formatArtifact, parseArtifact } from '../model/artifact.ts';
import { contentDigest } from '../model/artifact-version.ts';
import type { ModelFiles } from './model-files.ts';
import type { SharedStore } from './shared-store.ts';
import { digestModel } from './token.ts';

/** Far more than any artifact has. */
const maxBytes = 256 * 1024 * 1024;
/** So many problems are remembered, so that each is said once. */
const maxSaid = 1000;

/** Finds the artifacts of versions that are not in use. What is found is checked: nothing is used for its name alone. */
export type ArtifactSearch = {
  /**
   * Looks in this replica's folder, then in those of the others, then in the shared store. What is found is kept in this
   * replica's folder.
   *
   * @throws Error when the shared store cannot be asked
   */
  find(digest: string): Promise<Artifact | undefined>;
  /**
   * Makes sure that no kept artifact has the name and version of this one, and another content: a version is the
   * beginning of a hash, so two artifacts can be prepared that share it.
   *
   * @throws Error naming the file of the other one
   */
  requireUnique(artifact: Artifact): Promise<void>;
};

/** @param onProblem told in one line, once, of each place that holds something else than the artifact it is named for */
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

  /** The artifact that a text holds, if it is the one of the digest. */
  function check(digest: string, text: string, source: string): Artifact | undefined {
    try {
      const artifact = parseArtifact(text, source);
      if (digestModel(artifact).toString('hex') === digest) return artifact;
      sayOnce(
        `${source}: is ${artifact.name} ${artifact.version}, not the model it is named for: left aside`,
      );
    } catch (error) {
      sayOnce((error as Error).message);
    }
    return undefined;
  }

  async function read(digest: string, path: string): Promise<Artifact | undefined> {
    try {
      const found = await stat(path);
      if (!found.isFile() || found.size > maxBytes) throw new Error('is no artifact');
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
 * @throws Error when the two have the same name and version, and not the same content
 */
export function refuseOther(artifact: Artifact, other: Artifact, place: string): void {
  const { name, version } = artifact;
  if (name !== other.name || version !== other.version) return;
  if (contentDigest(artifact) === contentDigest(other)) return;
  throw new Error(
    `${name} ${version}: another model of this name and version, with another content, is in ${place}: their outcomes could not be told apart; train it again`,
  );
}
