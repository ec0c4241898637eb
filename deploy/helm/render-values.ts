import { stringify } from 'yaml';
import { z } from 'zod';
import { wrap } from '../../src/text/wrap.ts';

/** The part of a JSON Schema that says which keys there are, and with what default. */
type Schema = {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
};

const columns = 116;

/** The JSON Schema of values; Helm checks with it what is set. */
export function valuesJsonSchema(values: z.ZodType): object {
  return z.toJSONSchema(values, { target: 'draft-7', io: 'input' });
}

/** The values that hold if nothing is set, as YAML with the descriptions as comments. */
export function renderValues(values: z.ZodType): string {
  return renderKeys(values.parse({}) as Record<string, unknown>, valuesJsonSchema(values), '');
}

function renderKeys(defaults: Readonly<Record<string, unknown>>, schema: Schema, blanks: string): string {
  return Object.entries(schema.properties ?? {})
    .map(([key, { description, properties, ...rest }]) => {
      if (!(key in defaults)) return '';
      const value = defaults[key];
      const isObject = properties !== undefined;
      const text = isObject
        ? `${blanks}${key}:\n${renderKeys(value as Record<string, unknown>, { properties, ...rest }, `${blanks}  `)}`
        : stringify({ [key]: value }, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, blanks);
      return `${comment(description, blanks)}${text}`;
    })
    .join(blanks === '' ? '\n' : '');
}

function comment(text: string | undefined, blanks: string): string {
  const lines = text === undefined ? [] : wrap(text, columns - blanks.length, '');
  return lines.map((line) => `${blanks}# ${line}\n`).join('');
}
