import { maxKeyCharacters } from '../model/own-key.ts';
import { otherLinesMediaTypes } from './content-type.ts';
import { type ProblemKey, problemMediaType, problems } from './problem.ts';

/** A JSON body of this schema. */
export const json = (schema: object, example?: unknown) => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
});
/** Status 200 with a JSON body. */
export const ok = (description: string, schema: object) => ({ 200: { description, content: json(schema) } });
/** A schema of the document. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A `GET` that anybody may send. */
export function get(operationId: string, summary: string, responses: object) {
  return { get: { operationId, summary, security: [], responses } };
}

/** The answers with a problem document, by their keys; those of one status stand together. */
export function failures(...keys: ProblemKey[]) {
  const byStatus = Map.groupBy(keys, (key) => problems[key].status);
  return Object.fromEntries(
    [...byStatus].map(([status, keys]) => [
      status,
      {
        description: keys.map((key) => problems[key].title).join('; '),
        content: { [problemMediaType]: { schema: ref('Problem') } },
      },
    ]),
  );
}

/** Of a body with one value of a schema on each line. */
export function describeLines(name: string): string {
  return `One ${name} a line; may be called ${otherLinesMediaTypes.join(', ')} too`;
}

/** The key that a caller gives a prediction; its `type` is the place's to say. */
export const keySchema = {
  minLength: 1,
  maxLength: maxKeyCharacters,
  pattern: '\\S',
  description: 'What you call the prediction, by which its outcome can be found later',
};
