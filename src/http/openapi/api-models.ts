import manifest from '../../../package.json' with { type: 'json' };
import type { Artifact } from '../../model/artifact.ts';
import { inputSchema } from '../../model/input-schema.ts';
import { modelPath } from '../../text/model-path.ts';
import { observationReceiptSchema, observationSchema, observationsPath } from './observations-path.ts';
import { outcomeSchema, receiptSchema } from './outcomes-path.ts';
import { securitySchemes, tags } from './parts.ts';
import { type ApiModel, exampleInput } from './predict-path.ts';
import { problemSchema } from './problem-schema.ts';

/** The models that a service answers with. */
export type ApiModels = {
  readonly answering: readonly ApiModel[];
  /** The one of them that answers where the path names none. */
  readonly unnamed: ApiModel | undefined;
};

/** A model with the names that its parts have in a document. */
export type NamedModel = ApiModel & {
  /** Of the names of its schemas. */
  readonly prefix: string;
  /** A name that may stand in that of a schema or an operation. */
  readonly plain: string;
};

export function nameModels({ answering, unnamed }: ApiModels): NamedModel[] {
  const plain = plainNames(answering.map(({ artifact }) => artifact));
  return answering.map((model, i) => ({
    ...model,
    prefix: model.artifact === unnamed?.artifact ? '' : `${plain[i]}.`,
    plain: plain[i],
  }));
}

type Operations = Readonly<Record<string, { readonly tags?: readonly string[] }>>;

/** A document in OpenAPI 3.1. */
export function describeApi(parts: {
  readonly title: string;
  readonly description: string;
  readonly paths: Readonly<Record<string, object>>;
  readonly schemas: Readonly<Record<string, object>>;
  readonly asksToken: boolean;
}) {
  const { title, description, paths, schemas, asksToken } = parts;
  const used = new Set(
    (Object.values(paths) as Operations[])
      .flatMap((path) => Object.values(path))
      .flatMap(({ tags = [] }) => tags),
  );
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: manifest.version,
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.values(tags).flatMap((name) => (used.has(name) ? [{ name }] : [])),
    paths,
    components: {
      schemas: { ...schemas, Problem: problemSchema },
      ...(asksToken && { securitySchemes }),
    },
  };
}

export type ApiDocument = ReturnType<typeof describeApi>;

/** One sentence or two on each model. */
export function describeModels({ answering }: ApiModels): string {
  return answering
    .map(({ artifact: { name, version, output }, predicts }) => {
      const elsewhere = predicts ? '' : ' It is watched only: its predictions are made elsewhere.';
      return `Model ${name}, version ${version}. The score is the probability of "${output.positive}".${elsewhere}`;
    })
    .join('\n\n');
}

/** `POST /observations`, for all models. */
export function observationPaths(models: readonly NamedModel[], { unnamed }: ApiModels, asksToken: boolean) {
  const of = (artifact: Artifact, prefix: string, operationId: string) =>
    observationsPath(artifact, { prefix, operationId, features: exampleInput(artifact), asksToken });
  return {
    ...(unnamed && { '/observations': of(unnamed.artifact, '', 'observe') }),
    ...Object.fromEntries(
      models.map(({ artifact, prefix, plain }) => [
        modelPath(artifact.name, 'observations'),
        of(artifact, prefix, `observe.${plain}`),
      ]),
    ),
  };
}

/** What is sent and answered where observations and outcomes are taken. */
export function intakeSchemas(models: readonly NamedModel[]) {
  return {
    ...Object.fromEntries(
      models.map(({ artifact, prefix }) => [`${prefix}Observation`, observationSchema(artifact)]),
    ),
    ObservationReceipt: observationReceiptSchema,
    Outcome: outcomeSchema(models.map(({ artifact }) => artifact)),
    Receipt: receiptSchema,
  };
}

/** What the models are asked with. */
export function inputSchemas(models: readonly NamedModel[]) {
  return Object.fromEntries(models.map(({ artifact, prefix }) => [`${prefix}Input`, inputSchema(artifact)]));
}

/** A name for each model that may stand in that of a schema or an operation. */
function plainNames(models: readonly Artifact[]): readonly string[] {
  const taken = new Set<string>();
  return models.map(({ name }) => {
    const plain = name.replaceAll(/[^\w.-]/g, '_');
    let unique = plain;
    for (let i = 2; taken.has(unique); i++) unique = `${plain}-${i}`;
    taken.add(unique);
    return unique;
  });
}
