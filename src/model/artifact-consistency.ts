import { type Fault, lengthFault } from './artifact-fault.ts';
import { type Artifact, type Feature, scoreFeature } from './artifact-schema.ts';
import { contentHash } from './artifact-version.ts';
import { ownKeyName } from './own-key.ts';
import { segmentFaults } from './segment-consistency.ts';

function effectsFaults(
  path: Fault['path'],
  { counts, effects }: Pick<Feature['reference'], 'counts' | 'effects'>,
): Fault[] {
  return effects === undefined
    ? []
    : lengthFault([...path, 'effects'], effects.length, counts.length, 'one a count');
}

function featureFaults(feature: Feature, i: number): Fault[] {
  const at = ['features', i] as const;
  const faults: Fault[] = [];
  if (feature.nullable !== (feature.missingLogOdds !== null)) {
    faults.push({
      path: [...at, 'missingLogOdds'],
      message: 'must be a number exactly when the feature is nullable',
    });
  }
  const countsAt = [...at, 'reference', 'counts'];
  const { counts } = feature.reference;
  if (feature.kind === 'numeric') {
    const { standardisation, coefficient, summary } = feature;
    if (!Number.isFinite(coefficient / standardisation.deviation)) {
      faults.push({
        path: [...at, 'standardisation', 'deviation'],
        message: `is ${standardisation.deviation}, too small for a coefficient of ${coefficient}: their quotient is beyond double precision`,
      });
    }
    if (summary.min > summary.max) {
      faults.push({ path: [...at, 'summary', 'min'], message: `is above the maximum, ${summary.max}` });
    }
    const needed = feature.reference.edges.length + 2;
    faults.push(...lengthFault(countsAt, counts.length, needed, 'one a bin of the edges, then missing'));
    return faults;
  }
  const { categories, grouped, coefficients } = feature;
  const needed = categories.length + (grouped.length > 0 ? 1 : 0) + 2;
  faults.push(
    ...lengthFault([...at, 'coefficients'], coefficients.length, categories.length, 'one a category'),
    ...lengthFault(countsAt, counts.length, needed, 'one a category, other if grouped, missing, unseen'),
  );
  if (new Set([...categories, ...grouped]).size !== categories.length + grouped.length) {
    faults.push({ path: [...at, 'categories'], message: 'names a category twice' });
  }
  if (grouped.length > 0 !== (feature.otherLogOdds !== null)) {
    faults.push({
      path: [...at, 'otherLogOdds'],
      message: 'must be a number exactly when categories are grouped',
    });
  }
  return faults;
}

function calibrationFaults({ scores, probabilities }: Artifact['calibration']): Fault[] {
  const faults = lengthFault(
    ['calibration', 'probabilities'],
    probabilities.length,
    scores.length,
    'one a score',
  );
  const unsorted = scores.findIndex((score, i) => i > 0 && score <= scores[i - 1]);
  if (unsorted > 0)
    faults.push({ path: ['calibration', 'scores', unsorted], message: 'must be above the one before' });
  const falling = probabilities.findIndex((probability, i) => i > 0 && probability < probabilities[i - 1]);
  if (falling > 0) {
    faults.push({
      path: ['calibration', 'probabilities', falling],
      message: 'must not be below the one before',
    });
  }
  return faults;
}

/** What the shape alone cannot say: lengths that belong together, names that must exist, the content hash. */
export function consistencyFaults(artifact: Artifact): Fault[] {
  const names = artifact.features.map((feature) => feature.name);
  const faults = artifact.features.flatMap((feature, i) => [
    ...featureFaults(feature, i),
    ...effectsFaults(['features', i, 'reference'], feature.reference),
  ]);
  for (const [i, name] of names.entries()) {
    if (name === scoreFeature || name === ownKeyName)
      faults.push({ path: ['features', i, 'name'], message: `${name} is reserved` });
    if (names.indexOf(name) !== i)
      faults.push({ path: ['features', i, 'name'], message: `${name} occurs twice` });
  }
  for (const list of ['protected', 'sensitive'] as const) {
    for (const [i, name] of artifact[list].entries()) {
      if (!names.includes(name) && !(list === 'sensitive' && name === ownKeyName))
        faults.push({ path: [list, i], message: `${name} is not a feature of the model` });
    }
  }
  const { reference, bins } = artifact.score;
  faults.push(
    ...lengthFault(
      ['score', 'reference', 'counts'],
      reference.counts.length,
      reference.edges.length + 2,
      'one a bin of the edges, then missing',
    ),
  );
  for (const field of ['counts', 'positives', 'expected'] as const) {
    const needed = bins.edges.length + 1;
    faults.push(
      ...lengthFault(['score', 'bins', field], bins[field].length, needed, 'one a bin of the edges'),
    );
  }
  faults.push(...effectsFaults(['score', 'reference'], reference));
  const tooMany = bins.positives.findIndex((positives, i) => positives > bins.counts[i]);
  if (tooMany >= 0)
    faults.push({ path: ['score', 'bins', 'positives', tooMany], message: 'exceeds the count of its bin' });
  faults.push(...calibrationFaults(artifact.calibration));
  if (artifact.training.positives >= artifact.training.rows) {
    faults.push({ path: ['training', 'positives'], message: 'must be fewer than the rows' });
  }
  if (faults.length === 0) faults.push(...segmentFaults(artifact));
  if (faults.length === 0) {
    const hash = contentHash(artifact);
    if (hash !== artifact.version) {
      faults.push({
        path: ['version'],
        message: `is ${artifact.version}, but the content hashes to ${hash}: it was changed`,
      });
    }
  }
  return faults;
}
