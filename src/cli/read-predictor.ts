import { readFile } from 'node:fs/promises';
import type { Artifact } from '../model/artifact.ts';
import { artifactSchema } from '../model/artifact-schema.ts';

/**
 * Reads what is to stand under `predictor` in a model file. It still has to be checked together with the rest.
 *
 * @throws Error naming the file
 */
export async function readPredictor(path: string): Promise<NonNullable<Artifact['predictor']>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${path}: not valid JSON: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}`}`);
  }
  const result = artifactSchema.shape.predictor.safeParse(value);
  if (!result.success) throw new Error(`${path}: must be a JSON object with a "kind"`);
  return result.data;
}
