import type { Feature } from '../../src/model/artifact.ts';
import type { WatchedModel } from '../../src/predictors/watched-model.ts';

/** What a predictor needs to know about `fixtures/credit.onnx`, and about the rows next to it. */
export const creditModel: WatchedModel = {
  features: [
    numeric('income', false),
    numeric('age', false),
    numeric('tenure', true),
    categorical('employment', false, ['employed', 'retired', 'self-employed']),
    categorical('city', true, ['Lisboa', 'Porto', 'Évora']),
  ],
  output: { positive: 'bad', negative: 'good' },
};

/** Predictors look at the name, the kind and the categories of a feature, and whether it may be missing. */
export function numeric(name: string, nullable: boolean): Feature {
  return { name, kind: 'numeric', nullable } as Feature;
}

export function categorical(name: string, nullable: boolean, categories: string[]): Feature {
  return { name, kind: 'categorical', nullable, categories, grouped: [] as string[] } as Feature;
}

/** A row of it, and the same row with all missing that may be. */
export const creditRow = { income: 1510.45, age: 23, tenure: 3.3, employment: 'employed', city: 'Évora' };
export const sparseRow = { income: 3300.53, age: 61, employment: 'self-employed', city: null };
