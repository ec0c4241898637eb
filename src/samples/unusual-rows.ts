import type { Artifact } from '../model/artifact.ts';
import { createDisclosure } from '../model/disclosure.ts';
import { featureBins } from '../model/features.ts';
import { missingBin } from '../stats/binning.ts';
import type { SampleValues } from './sample.ts';

/** So many rows are kept for each feature of each kind, so that a frequent kind does not displace a rare one. */
export const keptRows = 5;
/** A longer sample is not remembered: with 200 features that bounds all of them together to some 50 MB, each in a row of its own. */
const maxLength = 16_384;

const kinds = ['missing', 'unseen', 'below', 'above'] as const;

/** A row in which a feature was missing, of an unseen category, or outside the range of the reference. */
export type UnusualRow = {
  readonly kind: (typeof kinds)[number];
  /** The line of its sample, and so all that may be told of the row. */
  readonly sample: string;
};

export type UnusualRows = {
  /** Looks at a row, counted as `bins` and `outside` say. Allocates nothing. */
  note(sample: string, bins: ArrayLike<number>, outside: ArrayLike<number>): void;
  /** The last rows of a feature by kind, latest first. @param place among the model's features */
  of(place: number): UnusualRow[];
};

/**
 * Remembers the last unusual rows of each feature, as their samples tell them: a row of which no sample is kept is not
 * remembered, and nothing of a feature that the model calls sensitive, of which a sample tells not even that it was missing.
 */
export function createUnusualRows(
  artifact: Pick<Artifact, 'features' | 'sensitive'>,
  values: SampleValues,
): UnusualRows {
  const { isWithheld } = createDisclosure(artifact);
  const { features } = artifact;
  const missing = features.map((feature) => missingBin(featureBins(feature)));
  const watched = features.flatMap(({ name }, i) => (values === 'off' || isWithheld(name) ? [] : [i]));
  const samples = features.map(() => new Array<string>(kinds.length * keptRows).fill(''));
  const seen = features.map(() => new Float64Array(kinds.length));
  return {
    note(sample, bins, outside) {
      if (sample.length > maxLength) return;
      for (const i of watched) {
        const bin = bins[i];
        if (bin < missing[i] && outside[i] === 0) continue;
        const kind = bin === missing[i] ? 0 : bin > missing[i] ? 1 : outside[i] < 0 ? 2 : 3;
        samples[i][kind * keptRows + (seen[i][kind]++ % keptRows)] = sample;
      }
    },
    of: (place) =>
      kinds.flatMap((kind, k) => {
        const count = seen[place][k];
        return Array.from({ length: Math.min(keptRows, count) }, (_, i) => ({
          kind,
          sample: samples[place][k * keptRows + ((count - 1 - i) % keptRows)],
        }));
      }),
  };
}
