import { type Artifact, scoreFeature } from '../model/artifact.ts';
import { createDisclosure, redacted } from '../model/disclosure.ts';
import { featureBins, scoreBins } from '../model/features.ts';
import { ownValue, type Row } from '../model/row.ts';
import { type Bins, binLabels, binsOf, createBinner, indexRecordedBins } from '../stats/binning.ts';
import { findOneName } from '../text/column-names.ts';
import { describeUnknown, didYouMean } from '../text/did-you-mean.ts';

type SampleLine = Readonly<Record<string, unknown>>;

/** Whether a sample fell into the bin; `undefined` if the sample does not show it. */
export type RowMatcher = (sample: SampleLine) => boolean | undefined;

/** Rows cannot be selected in this way; the message says why, and which features or bins there are. */
export class RowMatchError extends Error {}

/**
 * Makes the test for rows of one bin of one feature, or of the score under the name `(score)`.
 *
 * @param given its name, plain or quoted as in a list of names
 * @param bin its label or the beginning of that, such as `09`; a category without the `= ` before it; `missing`,
 *   `unseen`; or `below` and `above` for values outside the reference's range
 * @throws RowMatchError for a feature or a bin that the model does not have, and for a sensitive feature: a row that is
 *   shown because of its bin reveals its bin
 */
export function createRowMatcher(artifact: Artifact, given: string, bin: string): RowMatcher {
  const names = [...artifact.features.map((one) => one.name), scoreFeature];
  const name = findOneName(given, names);
  if (name === undefined) {
    throw new RowMatchError(describeUnknown('the model has no feature', given, names));
  }
  const feature = artifact.features.find((one) => one.name === name);
  if (createDisclosure(artifact).isWithheld(name)) {
    throw new RowMatchError(
      `the model calls ${name} sensitive: rows cannot be chosen by it. Its counts by bin are in GET /drift and in the metrics`,
    );
  }
  const readValue = (sample: SampleLine) =>
    feature === undefined ? sample.score : readOwn(sample.features, name);
  if (feature?.kind === 'numeric' && (bin === 'below' || bin === 'above')) {
    const { min, max } = feature.summary;
    return (sample) => {
      const side = readOwn(sample.outside, name);
      if (sample.bins !== undefined)
        return readOwn(sample.bins, name) === redacted ? undefined : side === bin;
      const value = readValue(sample);
      if (value === redacted || value === undefined) return undefined;
      return typeof value === 'number' && (bin === 'below' ? value < min : value > max);
    };
  }
  const bins = feature === undefined ? scoreBins(artifact) : featureBins(feature);
  const labels = binLabels(bins);
  const wanted = findBin(bins, labels, bin);
  if (wanted === undefined) {
    throw new RowMatchError(
      `${name} has no bin '${bin}'${didYouMean(bin, categoriesOf(bins))}, but ${labels.join(', ')}`,
    );
  }
  const binOf = createBinner(bins);
  const indexOfRecorded = indexRecordedBins(bins);
  return (sample) => {
    const recorded = readOwn(sample.bins, name);
    if (recorded === redacted) return undefined;
    if (recorded !== undefined) return indexOfRecorded.get(recorded) === wanted;
    const value = readValue(sample);
    if (value === undefined || value === redacted) return undefined;
    return binOf(value) === wanted;
  };
}

function readOwn(entries: unknown, name: string): unknown {
  return entries === undefined ? undefined : ownValue(entries as Row, name);
}

/** What a bin may be called beside its range. */
function categoriesOf(bins: Bins): string[] {
  return [
    ...binsOf(bins).flatMap((bin) => (bin.kind === 'category' ? bin.category : [])),
    'missing',
    'unseen',
  ];
}

/** The index of the bin with this label or category, or the only one whose label begins so. */
function findBin(bins: Bins, labels: readonly string[], given: string): number | undefined {
  const exact = binsOf(bins).findIndex(
    (bin, i) => labels[i] === given || (bin.kind === 'category' && bin.category === given),
  );
  if (exact >= 0) return exact;
  const begun = labels.flatMap((label, i) => (label.startsWith(given) ? i : []));
  return begun.length === 1 ? begun[0] : undefined;
}
