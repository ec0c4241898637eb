import type { Artifact } from '../model/artifact.ts';
import { isObject } from '../model/row.ts';

/** What a request must contain for one feature: a number or a text. */
export type RequestFeature = { readonly name: string; readonly kind: 'numeric' | 'categorical' };

/** The value of each feature in one request; null is a missing value. */
export type Row = Record<string, number | string | null>;

export function featuresOfArtifact(artifact: Artifact): RequestFeature[] {
  return artifact.features.map(({ name, kind }) => ({ name, kind }));
}

function at(root: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), root);
}

/** Resolves a `{"$ref": "#/…"}` within the same document. */
function resolve(document: unknown, schema: unknown): unknown {
  const reference = at(schema, '$ref');
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  const path = reference.slice(2).split('/');
  return at(document, ...path.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function typesOf(schema: unknown): unknown[] {
  const alternatives = at(schema, 'anyOf') ?? at(schema, 'oneOf');
  return Array.isArray(alternatives) ? alternatives.flatMap(typesOf) : [at(schema, 'type')].flat();
}

/** The schema of a single item, if the document allows one item or a list of them. */
function resolveOne(document: unknown, schema: unknown): unknown {
  const resolved = resolve(document, schema);
  const either = at(resolved, 'oneOf');
  return Array.isArray(either) ? resolve(document, either[0]) : resolved;
}

/** Whether it is a number and not a text: codes that may also be sent as numbers are categories. */
function isNumeric(schema: unknown): boolean {
  const types = typesOf(schema);
  return !types.includes('string') && (types.includes('number') || types.includes('integer'));
}

/**
 * The classes that a service answers with, negative first.
 *
 * @param path of the model: `/predict`, or one with its name
 * @throws Error if its OpenAPI document does not name two
 */
export function classesOfOpenApi(
  document: unknown,
  path: string,
  source: string,
): [negative: string, positive: string] {
  const schema = ['post', 'responses', '200', 'content', 'application/json', 'schema'];
  const answer = resolveOne(document, at(document, 'paths', path, ...schema));
  const classes = at(resolve(document, at(answer, 'properties', 'prediction')), 'enum');
  if (Array.isArray(classes) && classes.length === 2) return [String(classes[0]), String(classes[1])];
  throw new Error(`${source}: does not name two classes for POST ${path}: outcomes cannot be simulated`);
}

/**
 * The features that a service requires, read from its OpenAPI document.
 *
 * @param path of the model: `/predict`, or one with its name
 * @param source what to call the document in errors, usually its URL
 * @throws Error if the document describes no JSON object there
 */
export function featuresOfOpenApi(document: unknown, path: string, source: string): RequestFeature[] {
  const body = resolve(document, at(document, 'paths', path, 'post', 'requestBody'));
  const schema = resolveOne(document, at(body, 'content', 'application/json', 'schema'));
  const properties = at(schema, 'properties');
  if (!isObject(properties)) {
    const paths = Object.keys((at(document, 'paths') as object | undefined) ?? {});
    const others = paths.filter((other) => other !== path && /^\/models\/[^/]+\/predict$/.test(other));
    const hint =
      others.length > 0
        ? `there are ${others.join(', ')}: choose with --model-name`
        : 'is this a prediction service?';
    throw new Error(`${source}: describes no JSON object for POST ${path}: ${hint}`);
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    kind: isNumeric(resolve(document, property)) ? 'numeric' : 'categorical',
  }));
}
