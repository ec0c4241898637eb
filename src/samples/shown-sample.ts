import type { Artifact } from '../model/artifact.ts';
import { createDisclosure, redacted } from '../model/disclosure.ts';
import { featureBins } from '../model/features.ts';
import type { Explainer } from '../predictors/explanation.ts';
import { filePredictor } from '../predictors/index.ts';
import { binLabels, indexRecordedBins } from '../stats/binning.ts';

type SampleLine = Readonly<Record<string, unknown>>;
type Entries = Readonly<Record<string, unknown>>;

/** How stored rows are shown to a person or a program. */
export type SampleView = {
  /** The line with what the model withholds redacted, even where an older file holds it: its key, and values and bins of features. */
  show(sample: SampleLine): SampleLine;
  /**
   * A shown line as lines of text, with the reasons for its score if it has values of this model and the model can be
   * explained.
   */
  describe(shown: SampleLine): string[];
};

export function createSampleView(artifact: Artifact): SampleView {
  const { omit, redact, tellKey } = createDisclosure(artifact);
  const explanation = filePredictor(artifact)?.explanation;
  const explain = explanation?.createExplainer(omit(artifact.features.map(({ name }) => name)));

  function describeReasons(explainer: Explainer, features: Entries): string {
    const reasons = explainer(features).filter(({ feature }) => features[feature] !== redacted);
    const texts = reasons.map(
      ({ feature, logOdds }) => `${feature} ${logOdds > 0 ? '+' : ''}${logOdds.toFixed(2)}`,
    );
    return texts.length > 0 ? texts.join(', ') : 'nothing that can be shown';
  }

  const labels = new Map(
    artifact.features.map((feature) => {
      const cut = featureBins(feature);
      const all = binLabels(cut);
      const indexOfRecorded = indexRecordedBins(cut);
      return [feature.name, (recorded: unknown) => all[indexOfRecorded.get(recorded) ?? -1] ?? recorded];
    }),
  );
  /** Bins by their labels, which name categories. */
  const labelBins = (bins: Entries): Entries =>
    Object.fromEntries(
      Object.entries(bins).map(([name, recorded]) => [name, labels.get(name)?.(recorded) ?? recorded]),
    );

  return {
    show(sample) {
      const shown: Record<string, unknown> = { ...sample };
      for (const key of ['features', 'bins']) {
        if (isEntries(sample[key])) shown[key] = redact(sample[key]);
      }
      const { key, outside } = sample;
      if (typeof key === 'string') shown.key = tellKey(key);
      if (isEntries(outside)) {
        const told = omit(Object.keys(outside)).map((name) => [name, outside[name]]);
        shown.outside = told.length > 0 ? Object.fromEntries(told) : undefined;
      }
      return shown;
    },
    describe(shown) {
      const { time, id, key, traceId, prediction, score, version, features, bins } = shown;
      const values = features ?? (version === artifact.version && isEntries(bins) ? labelBins(bins) : bins);
      return [
        `${time}  ${prediction} ${(score as number).toFixed(3)}  ${traceId === undefined ? 'no trace' : `trace ${traceId}`}`,
        key === undefined ? `  id ${id}` : `  id ${id}  key ${key}`,
        ...(isEntries(values) ? [`  ${describeEntries(values)}`] : []),
        ...(explain !== undefined && isEntries(features) && version === artifact.version
          ? [`  because of ${describeReasons(explain, features)}`]
          : []),
      ];
    },
  };
}

function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null;
}

function describeEntries(entries: Entries): string {
  return Object.entries(entries)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}
