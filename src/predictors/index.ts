import { isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import type { Artifact } from '../model/artifact.ts';
import type { Fault } from '../model/artifact-fault.ts';
import { artifactSchema } from '../model/artifact-schema.ts';
import { httpKind } from './http/index.ts';
import { logisticKind } from './logistic/index.ts';
import { onnxKind } from './onnx/index.ts';
import type { FilePredictor, Predictor, PredictorKind, PredictorSurroundings } from './predictor.ts';

/** All kinds of predictors, by the `kind` in the model file. A new one is a folder, and one line here. */
const predictorKinds = {
  logistic: logisticKind,
  http: httpKind,
  onnx: onnxKind,
} as const satisfies Readonly<Record<string, PredictorKind<unknown>>>;

type Described = { readonly kind: PredictorKind<unknown>; readonly description: unknown };

/**
 * The validated description of how an artifact's model computes; `undefined` for a model that is only watched.
 *
 * @param source what to call the artifact in errors, usually the path of its file
 * @throws Error `source: predictor.path.of.the.fault: what is wrong`
 */
function describedPredictor(artifact: Artifact, source: string): Described | undefined {
  const { predictor } = artifact;
  if (predictor === undefined) return undefined;
  const refuse = (path: Fault['path'], message: string): never => {
    throw new Error(`${source}: ${z.core.toDotPath(['predictor', ...path])}: ${message}`);
  };
  const kinds: Readonly<Record<string, PredictorKind<unknown>>> = predictorKinds;
  if (!Object.hasOwn(kinds, predictor.kind)) {
    const known = Object.keys(kinds).join(', ');
    return refuse(['kind'], `is ${JSON.stringify(predictor.kind)}, but this program knows ${known}`);
  }
  const kind = kinds[predictor.kind];
  const result = kind.schema.safeParse(predictor);
  if (!result.success) {
    const { path, message } = result.error.issues[0];
    return refuse(path as Fault['path'], message);
  }
  const [fault] = kind.faults?.(result.data, artifact) ?? [];
  if (fault !== undefined) return refuse(fault.path, fault.message);
  return { kind, description: result.data };
}

/**
 * Makes what computes a model's predictions; `undefined` for a model that is only watched.
 *
 * @param source what to call the artifact in errors, usually the path of its file
 * @throws Error (rejects) that begins with `source: `, for a predictor whose description is not valid for its kind, or
 * that cannot be made here
 */
export async function createPredictor(
  artifact: Artifact,
  surroundings: PredictorSurroundings,
  source: string = artifact.name,
): Promise<Predictor | undefined> {
  const described = describedPredictor(artifact, source);
  try {
    return await described?.kind.create(described.description, artifact, surroundings);
  } catch (error) {
    throw new Error(`${source}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * The predictor of a model that is completely described by its file, such as a logistic regression: it needs no other
 * file, no network and no waiting. `undefined` for all others.
 *
 * @param source what to call the artifact in errors, usually the path of its file
 * @throws Error `source: predictor.path.of.the.fault: what is wrong`
 */
export function filePredictor(artifact: Artifact, source: string = artifact.name): FilePredictor | undefined {
  const described = describedPredictor(artifact, source);
  if (!described?.kind.needsOnlyFile) return undefined;
  return described.kind.create(described.description, artifact, { folder: '.' }) as FilePredictor;
}

/**
 * The artifact for a model file in another folder: the relative paths of its predictor are changed so that they lead to
 * the same files.
 *
 * @param from the folder that they are relative to
 * @param source what to call the artifact in errors, usually the path of its file
 * @throws Error `source: predictor.path.of.the.fault: what is wrong`
 */
export function moveToFolder(artifact: Artifact, from: string, to: string, source: string): Artifact {
  const described = describedPredictor(artifact, source);
  if (described === undefined || resolve(from) === resolve(to)) return artifact;
  const fields = described.description as Readonly<Record<string, unknown>>;
  const moved = (described.kind.paths ?? []).flatMap((name) => {
    const path = fields[name];
    if (typeof path !== 'string' || isAbsolute(path)) return [];
    return [[name, relative(to, resolve(from, path))]];
  });
  return { ...artifact, predictor: { ...artifact.predictor, ...Object.fromEntries(moved) } };
}

/** The JSON Schema (draft 2020-12) of the model file's shape, as published in docs/artifact.schema.json. */
export function modelFileJsonSchema(): object {
  const [first, ...others] = Object.values(predictorKinds).map(({ schema }) => schema);
  const { description } = artifactSchema.shape.predictor;
  const predictor = z.exactOptional(z.union([first, ...others])).describe(description ?? '');
  return { title: 'Vigia model file', ...z.toJSONSchema(artifactSchema.extend({ predictor })) };
}
