import { binCount } from '../stats/binning.ts';
import { type Fault, lengthFault } from './artifact-fault.ts';
import { type Artifact, maxCategories } from './artifact-schema.ts';
import { modelVariables } from './features.ts';
import { modelSegments, type SegmentReference, tooManyCells } from './segments.ts';

/** What is wrong with the segments of an artifact whose features and score are valid. */
export function segmentFaults(artifact: Artifact): Fault[] {
  const { segments = [] } = artifact;
  const faults = segments.flatMap((segment, i) => featureFaults(artifact, segment, i));
  if (faults.length > 0) return faults;
  const variables = modelVariables(artifact);
  const by = segments.map(({ feature }) => feature);
  const { cuts, end } = modelSegments(variables, by);
  const excess = tooManyCells(end);
  if (excess !== null) return [{ path: ['segments'], message: excess }];
  return segments.flatMap((segment, i) => {
    const compared = cuts[i].variables.map(({ place }) => variables[place].name);
    const named = segment.variables.map(({ name }) => name);
    const path = ['segments', i, 'variables'];
    if (named.join('\0') !== compared.join('\0')) {
      return [{ path, message: `are ${named.join(', ')} but must be ${compared.join(', ')}` }];
    }
    return segment.variables.flatMap(({ counts }, v) => {
      const at = [...path, v, 'counts'];
      const needed = binCount(variables[cuts[i].variables[v].place].bins);
      return [
        ...lengthFault(at, counts.length, cuts[i].segments, 'one per segment'),
        ...counts.flatMap((each, s) => lengthFault([...at, s], each.length, needed, 'one per bin')),
      ];
    });
  });
}

function featureFaults({ features, segments }: Artifact, { feature }: SegmentReference, i: number): Fault[] {
  const path = ['segments', i, 'feature'];
  const found = features.find(({ name }) => name === feature);
  if (found === undefined) return [{ path, message: `${feature} is not a feature of the model` }];
  if (found.kind === 'numeric')
    return [{ path, message: `${feature} is numeric: only categories are segments` }];
  if (found.categories.length > maxCategories) {
    return [
      { path, message: `${feature} has ${found.categories.length} categories, more than ${maxCategories}` },
    ];
  }
  const isFirst = segments?.findIndex((other) => other.feature === feature) === i;
  return isFirst ? [] : [{ path, message: `${feature} occurs twice` }];
}
