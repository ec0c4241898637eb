import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Artifact } from '../model/artifact.ts';
import { artifactSchema } from '../model/artifact-schema.ts';

type Described = NonNullable<Artifact['predictor']>;

/**
 * Reads what is to stand under `predictor` in a model file. It still has to be checked together with the rest. The SHA-256
 * of a model in ONNX may be left out.
 *
 * @param out the model file, where relative paths start
 * @throws Error naming the file
 */
export async function readPredictor(path: string, out: string): Promise<Described> {
  let value: unknown;
  try {
    // without a byte order mark, as some editors write one
    value = JSON.parse(new TextDecoder().decode(await readFile(path)));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${path}: not valid JSON: ${error.message}`);
    throw new Error(`${path}: ${describeLack(error)}`);
  }
  const result = artifactSchema.shape.predictor.safeParse(value);
  if (!result.success) throw new Error(`${path}: must be a JSON object with a "kind"`);
  const described = result.data;
  if (described.kind !== 'onnx' || typeof described.path !== 'string' || 'sha256' in described)
    return described;
  const modelPath = resolve(dirname(out), described.path);
  const bytes = await readFile(modelPath).catch((error) => {
    throw new Error(`${path}: predictor.path: ${modelPath}: ${describeLack(error)}`);
  });
  return { ...described, sha256: hash('sha256', bytes) };
}

function describeLack(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}`;
}
