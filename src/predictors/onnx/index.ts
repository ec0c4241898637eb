import { inputFaults } from '../input-columns.ts';
import type { PredictorKind } from '../predictor.ts';
import { createOnnxPredictor } from './onnx-predictor.ts';
import { type OnnxSettings, onnxSettings } from './settings.ts';

/** An ONNX model, run in this process. */
export const onnxKind: PredictorKind<OnnxSettings> = {
  schema: onnxSettings,
  faults: ({ inputs }, artifact) => inputFaults(inputs, artifact),
  paths: ['path'],
  create: (settings, artifact, surroundings) => createOnnxPredictor(settings, artifact, surroundings),
};
