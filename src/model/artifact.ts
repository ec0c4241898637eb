import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { consistencyFaults } from './artifact-consistency.ts';
import type { Fault } from './artifact-fault.ts';
import { type Artifact, artifactSchema, formatVersion } from './artifact-schema.ts';
import { fileContent, keepOlderContent } from './artifact-version.ts';
import { convertOlderFormat } from './older-formats.ts';

export {
  type Artifact,
  type CategoricalFeature,
  type Evaluation,
  type Feature,
  formatVersion,
  type NumericFeature,
  type Output,
  scoreFeature,
} from './artifact-schema.ts';
export { sealArtifact } from './artifact-version.ts';

function refuse(source: string, { path, message }: Fault): never {
  throw new Error(`${source}: ${path.length > 0 ? `${z.core.toDotPath(path)}: ` : ''}${message}`);
}

/**
 * Checks that a value is an artifact: its schema, matching lengths, the hash of its content. An artifact of an older
 * format is converted, and keeps its version, digest and text. How the model computes is checked when a predictor is
 * made from it.
 *
 * @param source what to call the value in errors, usually the path of its file
 * @throws Error `source: path.of.the.fault: what is wrong` for an unknown format version, a missing, mistyped or
 * non-finite value, lengths that do not match, unsorted edges, or content that does not hash to its version
 */
export function validateArtifact(value: unknown, source: string): Artifact {
  const found = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof found === 'number' && found > formatVersion) {
    refuse(source, {
      path: ['formatVersion'],
      message: `is ${found}, this program reads 1 and ${formatVersion}: update it, or train the model again`,
    });
  }
  if (found !== 1 && found !== formatVersion) {
    const lack = 'is not a model file, as it has no "formatVersion": vigia train or vigia profile writes one';
    refuse(source, {
      path: found === undefined ? [] : ['formatVersion'],
      message:
        found === undefined ? lack : `is ${JSON.stringify(found)}, this program reads 1 and ${formatVersion}`,
    });
  }
  const converted = convertOlderFormat(value);
  const result = artifactSchema.safeParse(converted ?? value);
  if (!result.success) {
    const { path, message } = result.error.issues[0];
    refuse(source, { path: path as Fault['path'], message });
  }
  if (converted !== undefined) keepOlderContent(result.data, value as object);
  const [fault] = consistencyFaults(result.data);
  if (fault) refuse(source, fault);
  return result.data;
}

/** Validates an artifact's JSON text. @throws Error as `validateArtifact` does, and for malformed JSON */
export function parseArtifact(text: string, source: string): Artifact {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${source}: not valid JSON: ${(error as Error).message}`);
  }
  return validateArtifact(value, source);
}

/** Reads and validates an artifact file, in UTF-8 with or without a byte order mark. @throws Error naming the file, and the JSON path of the fault */
export async function loadArtifact(path: string): Promise<Artifact> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = code === 'ENOENT' ? 'no such file (vigia train and vigia profile write one)' : code;
    throw new Error(`${path}: cannot read the model: ${fault ?? error}`);
  }
  return parseArtifact(new TextDecoder().decode(bytes), path);
}

/**
 * An artifact as the text of its file: JSON, with each list of numbers or names on one line. One that was converted
 * from an older format is written as it was read.
 */
export function formatArtifact(artifact: Artifact): string {
  const text = JSON.stringify(fileContent(artifact), null, 2);
  return `${text.replaceAll(/\[\n\s+[^[\]{}]*?\n\s+\]/g, (list) => list.replaceAll(/\n\s+/g, ' '))}\n`;
}
