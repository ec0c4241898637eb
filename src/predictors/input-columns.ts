import { z } from 'zod';
import type { Artifact, Feature } from '../model/artifact.ts';
import type { Fault } from '../model/artifact-fault.ts';

/** In a model file: an input that is not named after the one feature that it takes. */
export const inputColumns = z.strictObject({
  name: z.string().min(1).describe('Name of an input of the model'),
  features: z
    .array(z.string().min(1))
    .min(1)
    .describe('The features that it takes, one per column, in this order'),
});

type Listed = readonly z.infer<typeof inputColumns>[];

/** One input of a model. */
export type InputColumns = {
  readonly name: string;
  /** One per column. */
  readonly features: readonly Feature[];
};

/**
 * The faults of `inputs`: features that the model does not have, or that are listed twice, and inputs with the same
 * name; paths start within the predictor.
 */
export function inputFaults(listed: Listed = [], { features }: Pick<Artifact, 'features'>): Fault[] {
  const known = new Set(features.map(({ name }) => name));
  const taken = new Set<string>();
  const faults: Fault[] = listed.flatMap((input, i) =>
    input.features.flatMap((feature, j) => {
      const path = ['inputs', i, 'features', j];
      if (!known.has(feature)) return [{ path, message: 'is not a feature of this model' }];
      if (taken.has(feature)) return [{ path, message: 'is listed twice' }];
      taken.add(feature);
      return [];
    }),
  );
  // a feature that no input takes has an input of its own name
  const names = new Set([...known].filter((name) => !taken.has(name)));
  for (const [i, { name }] of listed.entries()) {
    if (names.has(name))
      faults.push({ path: ['inputs', i, 'name'], message: 'is the name of another input, too' });
    names.add(name);
  }
  return faults;
}

/** Every input of a model: those of a valid list, then one for each remaining feature, under its name. */
export function listInputs(listed: Listed = [], { features }: Pick<Artifact, 'features'>): InputColumns[] {
  const left = new Map(features.map((feature) => [feature.name, feature]));
  const take = (name: string) => {
    const feature = left.get(name) as Feature;
    left.delete(name);
    return feature;
  };
  const grouped = listed.map((input) => ({ name: input.name, features: input.features.map(take) }));
  return [...grouped, ...[...left.values()].map((feature) => ({ name: feature.name, features: [feature] }))];
}
