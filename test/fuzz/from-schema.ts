import fc, { type Arbitrary } from 'fast-check';

/** The part of JSON Schema that the document uses. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly not?: { readonly type: 'string'; readonly pattern: string };
};

export type Schemas = Readonly<Record<string, Schema>>;

/** Values that a schema allows. @throws Error for a schema that it does not understand */
export function fromSchema(schema: Schema, schemas: Schemas): Arbitrary<unknown> {
  const of = (one: Schema) => fromSchema(one, schemas);
  if (schema.$ref !== undefined) return of(schemas[schema.$ref.split('/').at(-1) ?? '']);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.oneOf !== undefined) return fc.oneof(...schema.oneOf.map(of));
  const types = [schema.type ?? 'object'].flat();
  const values = fc.oneof(...types.map((type) => ofType(type, schema, of)));
  if (schema.not === undefined) return values;
  const excluded = new RegExp(schema.not.pattern, 'u');
  return values.filter((value) => typeof value !== 'string' || !excluded.test(value));
}

function ofType(type: string, schema: Schema, of: (one: Schema) => Arbitrary<unknown>): Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer();
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'string':
      return fc.string({ unit: 'binary', maxLength: Math.min(schema.maxLength ?? 100, 300) });
    case 'array':
      return fc.array(of(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 5, 5) });
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const members = Object.fromEntries(properties.map(([name, member]) => [name, of(member)]));
      const requiredKeys = (schema.required ?? []).filter((name) => name in members);
      return fc.record(members, { requiredKeys });
    }
    default:
      throw new Error(`a schema of type ${type}`);
  }
}
