import { maxKeyCharacters } from '../../model/own-key.ts';
import { otherLinesMediaTypes } from '../content-type.ts';
import { type ProblemKey, problemMediaType, problems } from '../problem.ts';

/** What operations are about, in the order in which they are described. */
export const tags = {
  predict: 'Predictions',
  observe: 'Observations',
  outcomes: 'Outcomes',
  watch: 'Drift and performance',
  service: 'Service and models',
  v2: 'Open Inference Protocol V2',
} as const;

export type Tag = (typeof tags)[keyof typeof tags];

/** A JSON body of this schema. */
export const json = (schema: object, example?: unknown) => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
});
/** Status 200 with a JSON body. */
export const ok = (description: string, schema: object, example?: unknown) => ({
  200: { description, content: json(schema, example) },
});
/** Status 200 with a page for people. */
export const page = (description: string) => ({
  200: { description, content: { 'text/html': { schema: { type: 'string' } } } },
});
/** Status 200 with a JSON body, or with a page for who prefers `text/html`. */
export const okOrPage = (description: string, schema: object) => ({
  200: { description, content: { ...json(schema), ...page(description)[200].content } },
});
/** A schema of the document. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** An object that has all of these members. */
export function object(properties: Readonly<Record<string, object>>, description?: string) {
  return {
    type: 'object',
    required: Object.keys(properties),
    properties,
    ...(description !== undefined && { description }),
  };
}

/** A list of what this schema describes. */
export function list(items: object, description?: string) {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

/** A `GET` that anybody may send. */
export function get(
  tag: Tag,
  operationId: string,
  summary: string,
  responses: object,
  parameters: readonly object[] = [],
) {
  return {
    get: {
      operationId,
      tags: [tag],
      summary,
      security: [],
      ...(parameters.length > 0 && { parameters }),
      responses,
    },
  };
}

/** What an operation asks of its callers: one of the tokens, or nothing. */
export function securityOf(asksToken: boolean) {
  return asksToken ? [{ bearer: [] }] : [];
}

/** The schemes that `securityOf` names. */
export const securitySchemes = { bearer: { type: 'http', scheme: 'bearer' } } as const;

/** The answers with a problem document, by their keys; those of one status stand together. */
export function failures(...keys: ProblemKey[]) {
  const byStatus = Map.groupBy(keys, (key) => problems[key].status);
  return Object.fromEntries(
    [...byStatus].map(([status, keys]) => [
      status,
      {
        description: keys.map((key) => problems[key].title).join('; '),
        content: { [problemMediaType]: { schema: problemOf(...keys) } },
      },
    ]),
  );
}

/** A problem document of one of these types. */
export function problemOf(...keys: ProblemKey[]) {
  return { ...ref('Problem'), properties: { type: { enum: keys.map(problemType) } } };
}

function problemType(key: ProblemKey): string {
  return `urn:vigia:problem:${key}`;
}

/** Every problem document. */
export const problemTypes = (Object.keys(problems) as ProblemKey[]).map(problemType);

/** Of a body with one value of a schema on each line. */
export function describeLines(name: string): string {
  return `One ${name} a line; may be called ${otherLinesMediaTypes.join(', ')} too`;
}

/** Stands in examples for the id of a prediction, which only the service can make. */
export const exampleId = 'AQHk…';

/** The key that a caller gives a prediction; its `type` is the place's to say. */
export const keySchema = {
  minLength: 1,
  maxLength: maxKeyCharacters,
  pattern: '\\S',
  description: 'What you call the prediction, by which its outcome can be found later',
};
