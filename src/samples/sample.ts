import type { Artifact } from '../model/artifact.ts';
import { createDisclosure, redacted } from '../model/disclosure.ts';
import { featureBins } from '../model/features.ts';
import { classesOf } from '../model/output-classes.ts';
import { recordedBins } from '../stats/binning.ts';
import { createRowFormatter } from './row-formatter.ts';

/** What a sample contains of the input: the values, only the bins they fell into, or nothing. */
export type SampleValues = 'raw' | 'bins' | 'off';

/** One line of the sample file: one prediction. */
export type Sample = {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The id that the answer carried, by which an outcome is joined. */
  readonly id: string;
  /** The caller's own key for the prediction; `"[redacted]"` if the model withholds it. */
  readonly key?: string;
  readonly traceId?: string;
  readonly model: string;
  readonly version: string;
  /** With `raw`: every feature's value, `null` if missing, `"[redacted]"` if sensitive. */
  readonly features?: Readonly<Record<string, unknown>>;
  /** With `bins`: every feature's bin as `recordedBins` names it, `"[redacted]"` if sensitive. */
  readonly bins?: Readonly<Record<string, string>>;
  /**
   * With `bins`: the features whose value was outside the reference's extremes; without sensitive ones; absent if there
   * are none.
   */
  readonly outside?: Readonly<Record<string, 'below' | 'above'>>;
  /** P(positive class). */
  readonly score: number;
  readonly prediction: string;
};

/**
 * Writes one sample as a line of JSON, without the line end.
 *
 * @param time ISO 8601, as `isoTime` gives it
 * @param key the caller's own key for the prediction
 * @param row the validated input, keyed by feature name
 * @param bins the index of each feature's bin, in the artifact's order
 * @param outside negative for a feature below the reference's minimum, positive above its maximum, else 0; same order
 * @param predictedClass its index among the artifact's classes
 */
export type SampleFormatter = (
  time: string,
  id: string,
  key: string | undefined,
  traceId: string | undefined,
  row: Readonly<Record<string, unknown>>,
  bins: ArrayLike<number>,
  outside: ArrayLike<number>,
  score: number,
  predictedClass: number,
) => string;

type Described = Pick<Artifact, 'name' | 'version' | 'features' | 'sensitive' | 'output'>;

/**
 * Compiles the formatter of sample lines: everything that does not change from line to line is converted to text once,
 * here.
 */
export function createSampleFormatter(options: {
  artifact: Described;
  values: SampleValues;
}): SampleFormatter {
  const { artifact, values } = options;
  const model = `,"model":${JSON.stringify(artifact.name)},"version":${JSON.stringify(artifact.version)}`;
  const ends = classesOf(artifact.output).map((name) => `,"prediction":${JSON.stringify(name)}}`);
  const formatInput = createInputFormatter(artifact, values);
  const { tellKey } = createDisclosure(artifact);
  return (time, id, key, traceId, row, bins, outside, score, predictedClass) => {
    const trace = traceId === undefined ? '' : `,"traceId":${JSON.stringify(traceId)}`;
    const own = key === undefined ? '' : `,"key":${JSON.stringify(tellKey(key))}`;
    const start = `{"time":"${time}","id":${JSON.stringify(id)}${own}${trace}${model}`;
    return `${start}${formatInput(row, bins, outside)},"score":${score}${ends[predictedClass]}`;
  };
}

type InputFormatter = (
  row: Readonly<Record<string, unknown>>,
  bins: ArrayLike<number>,
  outside: ArrayLike<number>,
) => string;

function createInputFormatter(artifact: Described, values: SampleValues): InputFormatter {
  if (values === 'off') return () => '';
  if (values === 'raw') {
    const formatRow = createRowFormatter(artifact);
    return (row) => `,"features":${formatRow(row)}`;
  }
  const { isWithheld } = createDisclosure(artifact);
  const hidden = artifact.features.map(({ name }) => isWithheld(name));
  const keys = artifact.features.map(({ name }) => JSON.stringify(name));
  const labelled = artifact.features.map((feature, i) => {
    const separator = i === 0 ? ',"bins":{' : ',';
    return recordedBins(featureBins(feature)).map(
      (label) => `${separator}${keys[i]}:${JSON.stringify(hidden[i] ? redacted : label)}`,
    );
  });
  return (_row, bins, outside) => {
    let text = '';
    let beyond = '';
    for (let i = 0; i < labelled.length; i++) {
      text += labelled[i][bins[i]];
      if (outside[i] === 0 || hidden[i]) continue;
      beyond += `${beyond === '' ? ',"outside":{' : ','}${keys[i]}:${outside[i] < 0 ? '"below"' : '"above"'}`;
    }
    return beyond === '' ? `${text}}` : `${text}}${beyond}}`;
  };
}
