import type { Artifact, Feature } from '../../../src/model/artifact.ts';

type Described = Pick<Artifact, 'name' | 'version' | 'features' | 'sensitive' | 'output'>;

/** As much of an artifact as samples tell of: any features, with names and categories that need escaping allowed. */
export function describedArtifact(
  features: readonly (
    | { name: string; edges: number[] }
    | { name: string; categories: string[]; grouped?: string[] }
  )[],
  sensitive: string[] = [],
): Described {
  return {
    name: 'credit',
    version: '0123456789ab',
    output: { positive: 'bad', negative: 'good' } as Artifact['output'],
    sensitive,
    features: features.map((feature) =>
      'edges' in feature
        ? ({
            kind: 'numeric',
            name: feature.name,
            reference: { edges: feature.edges, counts: [] },
          } as unknown as Feature)
        : ({ kind: 'categorical', grouped: [], ...feature } as unknown as Feature),
    ),
  };
}
