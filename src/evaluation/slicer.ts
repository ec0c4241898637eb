import type { Artifact } from '../model/artifact.ts';
import { featureBins } from '../model/features.ts';
import { binLabels, createBinner } from '../stats/binning.ts';

/** Gives the label of a value's bin. */
export type Slicer = { readonly feature: string; readonly labelOf: (value: unknown) => string };

/**
 * Makes the slicers of features: categories as they are, numbers by the bins of the reference.
 *
 * @throws Error for a feature that the model does not have
 */
export function createSlicers(artifact: Artifact, names: readonly string[]): Slicer[] {
  return names.map((name) => {
    const feature = artifact.features.find((one) => one.name === name);
    if (feature === undefined) {
      const known = artifact.features.map((one) => one.name).join(', ');
      throw new Error(`the model has no feature '${name}', but ${known}`);
    }
    const bins = featureBins(feature);
    const labels = binLabels(bins);
    const binOf = createBinner(bins);
    return { feature: name, labelOf: (value) => labels[binOf(value)] };
  });
}
