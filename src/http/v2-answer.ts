import manifest from '../../package.json' with { type: 'json' };
import type { Deployment } from '../deployments/deployment.ts';
import { frameParameters } from '../predictors/v2-datatypes.ts';
import type { InferenceRequest, OutputName } from './v2-request.ts';
import { tensorTypeOf, textType } from './v2-tensor.ts';

/** The answer for one row. */
export type InferredRow = {
  readonly score: number;
  readonly predictedClass: number;
  readonly id: string | undefined;
};

/** The protocol's metadata about the server. */
export const serverMetadata = { name: manifest.name, version: manifest.version, extensions: [] };

const outputTypes = {
  score: { datatype: 'FP64' },
  prediction: textType,
  id: textType,
} as const satisfies Record<OutputName, object>;

/** The protocol's metadata about a model. */
export function modelMetadata({ artifact: { name, version, features } }: Deployment): object {
  const shape = [-1, 1];
  return {
    name,
    versions: [version],
    platform: manifest.name,
    inputs: features.map((feature) => ({ name: feature.name, shape, ...tensorTypeOf(feature) })),
    outputs: Object.entries(outputTypes).map(([name, type]) => ({ name, shape, ...type })),
  };
}

/** The answer to an inference request. @param inferred one entry per row */
export function inferenceAnswer(
  { artifact: { name, version }, counts: { classes } }: Deployment,
  { id, outputs }: InferenceRequest,
  inferred: readonly InferredRow[],
): object {
  const columns: Record<OutputName, (row: InferredRow) => unknown> = {
    score: ({ score }) => score,
    prediction: ({ predictedClass }) => classes[predictedClass],
    id: (row) => row.id,
  };
  return {
    model_name: name,
    model_version: version,
    id,
    parameters: frameParameters,
    outputs: outputs.map((output) => ({
      name: output,
      shape: [inferred.length, 1],
      ...outputTypes[output],
      data: inferred.map(columns[output]),
    })),
  };
}
