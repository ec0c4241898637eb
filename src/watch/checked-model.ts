import type { Artifact } from '../model/artifact.ts';
import { referenceOf } from '../model/artifact-reference.ts';
import type { InputFeature } from '../model/input-schema.ts';
import { readProbability } from '../model/probability.ts';
import type { Reference, VariableReference } from '../model/reference.ts';
import { createInputValidator, type InputValidator } from '../model/validate-input.ts';
import { missingBin } from '../stats/binning.ts';

/** A model as it is watched: what its traffic is compared with, and what a row and a score must be to be counted. */
export type CheckedModel = {
  readonly reference: Reference;
  readonly validate: InputValidator;
  /** The score that a value means; `undefined` if it means none. */
  readonly readScore: (value: unknown) => number | undefined;
};

/**
 * The checks of a model, which are those of the service. Those of a reference follow from it: a feature is required if no
 * row of the reference lacks it, and a score may be any finite number.
 */
export function checkedModel(model: Artifact | Reference): CheckedModel {
  if ('formatVersion' in model) {
    return {
      reference: referenceOf(model),
      validate: createInputValidator(model),
      readScore: readProbability,
    };
  }
  return {
    reference: model,
    validate: createInputValidator({ features: model.features.map(inputFeature) }),
    readScore: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  };
}

function inputFeature({ name, bins, counts }: VariableReference): InputFeature {
  return { name, ...bins, nullable: counts[missingBin(bins)] > 0 };
}
