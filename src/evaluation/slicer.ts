import type { Artifact } from '../model/artifact.ts';
import { featureBins } from '../model/features.ts';
import { binLabels, createBinner, indexRecordedBins } from '../stats/binning.ts';

/** Gives the label of a feature's bin. */
export type Slicer = {
  readonly feature: string;
  readonly labelOf: (value: unknown) => string;
  /** From what a sample has in place of the value; `undefined` for a bin of another cut. */
  readonly labelOfBin: (recorded: unknown) => string | undefined;
};

/**
 * Makes the slicers of features: categories as they are, numbers by the bins of the reference.
 *
 * @param version of the samples whose bins are sliced by; only the artifact's own number their categories as it does
 * @throws Error for a feature that the model does not have
 */
export function createSlicers(
  artifact: Artifact,
  names: readonly string[],
  version = artifact.version,
): Slicer[] {
  return names.map((name) => {
    const feature = artifact.features.find((one) => one.name === name);
    if (feature === undefined) {
      const known = artifact.features.map((one) => one.name).join(', ');
      throw new Error(`the model has no feature '${name}', but ${known}`);
    }
    const bins = featureBins(feature);
    const labels = binLabels(bins);
    const binOf = createBinner(bins);
    const indexOfRecorded = indexRecordedBins(bins, version === artifact.version);
    return {
      feature: name,
      labelOf: (value) => labels[binOf(value)],
      labelOfBin: (recorded) => labels[indexOfRecorded.get(recorded) ?? -1],
    };
  });
}
