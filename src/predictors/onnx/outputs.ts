import type { OnnxValue } from './runtime.ts';
import type { OnnxSettings } from './settings.ts';

/** The outputs of a model that are computed. */
export type Outputs = { readonly score: string; readonly prediction: string | undefined };

const fractionTypes = new Set(['float32', 'float64']);

/**
 * The outputs that the model file names; by default, the probabilities are the only tensor of floating-point numbers.
 *
 * @throws Error if there is no such output, or none or several qualify
 */
export function chooseOutputs(
  values: readonly OnnxValue[],
  { score, prediction }: Pick<OnnxSettings, 'score' | 'prediction'>,
): Outputs {
  const all = values.map(({ name }) => JSON.stringify(name)).join(', ');
  for (const [key, name] of Object.entries({ score, prediction })) {
    if (name !== undefined && !values.some((value) => value.name === name && value.isTensor)) {
      throw new Error(
        `predictor.${key}: ${JSON.stringify(name)} is not a tensor output of the ONNX model: ${all}`,
      );
    }
  }
  if (score !== undefined) return { score, prediction };
  const candidates = values.filter((value) => value.isTensor && fractionTypes.has(value.type));
  if (candidates.length === 1) return { score: candidates[0].name, prediction };
  if (candidates.length === 0 && values.some(({ isTensor }) => !isTensor)) {
    throw new Error(
      `the ONNX model returns its probabilities as a list of maps, not as a tensor: export it with the option zipmap off`,
    );
  }
  throw new Error(`predictor.score: must name the output of the ONNX model with the probabilities: ${all}`);
}
