import type { Artifact, CategoricalFeature } from './artifact.ts';

/** Longest category text that is taken, unless training saw a longer one. */
const maxCategoryLength = 256;

/** The JSON Schema (2020-12) of one input row, as the artifact's features demand it. */
export type InputSchema = {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, object>>;
};

/**
 * What `POST /predict` takes: every feature, no other field. A nullable feature may be null or left out. Values that
 * training never saw are not refused: seeing them is what the service is for.
 */
export function inputSchema(artifact: Artifact): InputSchema {
  const { features } = artifact;
  return {
    type: 'object',
    required: features.filter(({ nullable }) => !nullable).map(({ name }) => name),
    additionalProperties: false,
    // entries, not assignment: a feature may be called `__proto__`
    properties: Object.fromEntries(
      features.map((feature) => {
        const type = feature.kind === 'numeric' ? 'number' : 'string';
        return [
          feature.name,
          {
            type: feature.nullable ? [type, 'null'] : type,
            ...(feature.kind === 'categorical' && { maxLength: maxLength(feature) }),
          },
        ];
      }),
    ),
  };
}

function maxLength({ categories, grouped }: CategoricalFeature): number {
  return Math.max(maxCategoryLength, ...[...categories, ...grouped].map((category) => category.length));
}
