import { type ProblemKey, problemMediaType, problems } from './problem.ts';

/** A JSON body of this schema. */
export const json = (schema: object, example?: unknown) => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
});
/** Status 200 with a JSON body. */
export const ok = (description: string, schema: object) => ({ 200: { description, content: json(schema) } });
/** A schema of the document. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The answers with a problem document, by their keys. */
export function failures(...keys: ProblemKey[]) {
  return Object.fromEntries(
    keys.map((key) => [
      problems[key].status,
      { description: problems[key].title, content: { [problemMediaType]: { schema: ref('Problem') } } },
    ]),
  );
}
