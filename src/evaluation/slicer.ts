import type { Artifact } from '../model/artifact.ts';
import { featureBins } from '../model/features.ts';
import { type Bin, binsOf, createBinner, indexRecordedBins } from '../stats/binning.ts';

/** Gives the bin of a feature. */
export type Slicer = {
  readonly feature: string;
  readonly binOf: (value: unknown) => Bin;
  /** From what a sample has in place of the value; `undefined` for a bin of another cut. */
  readonly recordedBin: (recorded: unknown) => Bin | undefined;
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
    const cut = featureBins(feature);
    const bins = binsOf(cut);
    const indexOf = createBinner(cut);
    const indexOfRecorded = indexRecordedBins(cut, version === artifact.version);
    return {
      feature: name,
      binOf: (value) => bins[indexOf(value)],
      recordedBin: (recorded) => bins[indexOfRecorded.get(recorded) ?? -1],
    };
  });
}
