import type { PredictorKind } from './predictor.ts';

/** All kinds of predictors, by the `kind` that the model file gives. A new one is its own file, and one line here. */
export const predictorKinds = {} as const satisfies Readonly<Record<string, PredictorKind<never>>>;
