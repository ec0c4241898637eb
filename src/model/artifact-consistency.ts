import { effectsFaults, type Fault, lengthFault } from './artifact-fault.ts';
import { type Artifact, type Feature, scoreFeature } from './artifact-schema.ts';
import { contentHash } from './artifact-version.ts';
import { ownKeyName } from './disclosure.ts';
import { outputFaults } from './output-consistency.ts';
import { segmentFaults } from './segment-consistency.ts';

function featureFaults(feature: Feature, i: number): Fault[] {
  const at = ['features', i] as const;
  const faults: Fault[] = [];
  const countsAt = [...at, 'reference', 'counts'];
  const { counts } = feature.reference;
  if (feature.kind === 'numeric') {
    const { summary } = feature;
    if (summary.min > summary.max) {
      faults.push({ path: [...at, 'summary', 'min'], message: `is above the maximum, ${summary.max}` });
    }
    const needed = feature.reference.edges.length + 2;
    faults.push(...lengthFault(countsAt, counts.length, needed, 'one per bin of the edges, then missing'));
    return faults;
  }
  const { categories, grouped } = feature;
  const needed = categories.length + (grouped.length > 0 ? 1 : 0) + 2;
  faults.push(
    ...lengthFault(countsAt, counts.length, needed, 'one per category, other if grouped, missing, unseen'),
  );
  if (new Set([...categories, ...grouped]).size !== categories.length + grouped.length) {
    faults.push({ path: [...at, 'categories'], message: 'names a category twice' });
  }
  return faults;
}

/** What the schema alone cannot check: matching lengths, names that must exist, the content hash. */
export function consistencyFaults(artifact: Artifact): Fault[] {
  const names = artifact.features.map((feature) => feature.name);
  const faults = artifact.features.flatMap((feature, i) => [
    ...featureFaults(feature, i),
    ...effectsFaults(['features', i, 'reference'], feature.reference),
  ]);
  if (!isAddressable(artifact.name))
    faults.push({ path: ['name'], message: 'cannot be part of a URL path: choose another' });
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
  faults.push(...outputFaults(artifact));
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

/** Whether `/models/NAME/predict` can be requested: not if the name is `.` or `..`, or contains a lone surrogate. */
function isAddressable(name: string): boolean {
  return name !== '.' && name !== '..' && name.isWellFormed();
}
