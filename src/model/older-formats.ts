/**
 * The fields of a feature that describe its values; any other field in an older file is about how the model computes.
 */
const watchedOfFeature = new Set([
  'name',
  'kind',
  'nullable',
  'summary',
  'categories',
  'grouped',
  'reference',
]);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Converts the content of an older file to the current format. Files of version 1, and early ones of version 2, mix the
 * model's output with how it computes, as all models were logistic regressions. Faults in the content are kept: it is
 * validated afterwards.
 *
 * @returns `undefined` for content that is not in an older format
 */
export function convertOlderFormat(content: unknown): Fields | undefined {
  if (!isFields(content)) return undefined;
  const { formatVersion, ...fields } = content;
  const isFlat = formatVersion === 1 || (formatVersion === 2 && 'target' in fields && !('output' in fields));
  if (!isFlat) return undefined;
  const { name, version, features, target, threshold, score, calibration, ...others } = fields;
  const { protected: watched, sensitive, segments, training, evaluation, rebaseline, ...computing } = others;
  return {
    formatVersion: 2,
    name,
    version,
    features: Array.isArray(features) ? features.map(watchedPart) : features,
    output: { kind: 'binary', ...fieldsOf(target), threshold, score, calibration },
    protected: watched,
    sensitive,
    ...('segments' in content && { segments }),
    training,
    evaluation: withProtocol(evaluation),
    ...('rebaseline' in content && { rebaseline }),
    predictor: {
      ...computing,
      kind: 'logistic',
      features: Array.isArray(features) ? features.map(computingPart) : [],
    },
  };
}

function watchedPart(feature: unknown): unknown {
  return isFields(feature)
    ? Object.fromEntries(Object.entries(feature).filter(([field]) => watchedOfFeature.has(field)))
    : feature;
}

function computingPart(feature: unknown): Fields {
  const { name, kind, ...others } = fieldsOf(feature);
  const computing = Object.entries(others).filter(([field]) => !watchedOfFeature.has(field));
  return { name, kind, ...Object.fromEntries(computing) };
}

function withProtocol(evaluation: unknown): unknown {
  if (!isFields(evaluation)) return evaluation;
  const { folds, repeats, seed, ...figures } = evaluation;
  return { protocol: { kind: 'cross-validation', folds, repeats, seed }, ...figures };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
