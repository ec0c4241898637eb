import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { type Artifact, formatArtifact } from '../model/artifact.ts';

/**
 * Unlike files about rows, an artifact may be read by everyone: it is made to be copied to where the service runs under
 * another user (an image keeps the mode, and there the file is root's). It has counts of rows, and extremes.
 */
const artifactMode = 0o644;

/** Writes an artifact's file. @throws Error naming the file when it cannot be written */
export async function writeArtifact(path: string, artifact: Artifact): Promise<void> {
  await writeFileAtomically(path, formatArtifact(artifact), artifactMode);
}
