import type { Schema } from './schema-text.ts';

/** A body of one media type. */
export type Media = {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
};

export type Parameter = {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
};

/** The parts of an operation that the documents use. */
export type Operation = {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
};

/** An operation with where it is. */
export type Route = { readonly method: string; readonly path: string; readonly operation: Operation };

/** Where an operation stands on the page. */
export function routeId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method.toLowerCase()}-${path.slice(1)}`;
}

/** The examples of a body, with what each is called. */
export function examplesOf(media: Media): { readonly name: string; readonly value: unknown }[] {
  const { example, examples = {} } = media;
  return [
    ...(example === undefined ? [] : [{ name: 'example', value: example }]),
    ...Object.entries(examples).map(([name, { value }]) => ({ name, value })),
  ];
}
