import { z } from 'zod';
import { inputColumns } from '../input-columns.ts';
import { tensorOutputs } from '../tensor-outputs.ts';

/** The predictor part of a model file for an ONNX model. */
export const onnxSettings = z.strictObject({
  kind: z.literal('onnx'),
  path: z.string().min(1).describe('The model’s own file, relative to this one'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
    .describe('SHA-256 of that file, which is not loaded if it differs'),
  inputs: z
    .exactOptional(z.array(inputColumns).min(1))
    .describe(
      'Inputs that are not named after the one feature they take. Every other feature has an input of its own name',
    ),
  missingText: z
    .exactOptional(z.string())
    .describe('The text for a missing category, since ONNX has no missing text; empty by default'),
  score: z
    .exactOptional(z.string().min(1))
    .describe('Output with the probabilities. By default, the only one of floating-point numbers'),
  ...tensorOutputs,
});

export type OnnxSettings = z.infer<typeof onnxSettings>;
