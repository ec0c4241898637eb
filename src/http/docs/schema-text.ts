import { type Html, html } from '../../report/render/html.ts';

/** The parts of JSON Schema that the documents use. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
};

const count = new Intl.NumberFormat('en');

/** What may stand where a schema does, in words; what the document names is a link. */
export function typeText(schema: Schema): Html {
  const { $ref, oneOf, anyOf, allOf, items } = schema;
  if ($ref !== undefined) return schemaLink($ref);
  if ('const' in schema) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum)
    return joined(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      'or',
    );
  const alternatives = oneOf ?? anyOf;
  if (alternatives) return joined(alternatives.map(typeText), 'or');
  if (allOf) return joined(allOf.map(typeText), 'and');
  if (items) {
    const most = schema.maxItems === undefined ? '' : `, at most ${count.format(schema.maxItems)}`;
    return html`array of ${typeText(items)}${most}`;
  }
  const { additionalProperties: values } = schema;
  if (typeof values === 'object' && schema.properties === undefined)
    return html`object of ${typeText(values)}`;
  return html`${[schema.type ?? 'anything'].flat().join(' or ')}${boundsText(schema)}`;
}

/** Where the schema of this name stands on the page. */
export function schemaId(name: string): string {
  return `schema-${name}`;
}

function schemaLink(reference: string): Html {
  const name = decodeURIComponent(reference.slice(reference.lastIndexOf('/') + 1));
  return html`<a href="#${schemaId(name)}">${name}</a>`;
}

function joined(parts: readonly Html[], word: string): Html {
  return html`${parts.map((part, i) => html`${i > 0 && ` ${word} `}${part}`)}`;
}

function boundsText(schema: Schema): string {
  const { format, minimum, maximum, minLength, maxLength, pattern } = schema;
  const range =
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}`
      : minimum !== undefined
        ? `${minimum} or more`
        : maximum !== undefined && `at most ${maximum}`;
  const length =
    maxLength !== undefined &&
    `${minLength ? `${minLength} to` : 'at most'} ${count.format(maxLength)} characters`;
  const form = pattern !== undefined && pattern !== '\\S' && `matching ${pattern}`;
  const bounds = [format, range, length, form].filter(Boolean);
  return bounds.length > 0 ? `, ${bounds.join(', ')}` : '';
}

type Member = { readonly name: string; readonly schema: Schema; readonly isRequired: boolean };

/** The members of an object, those of objects within it behind them. */
export function membersOf(schema: Schema, prefix = ''): Member[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, member]) => {
    const name = prefix + key;
    const [inner, path] = innerObject(member, name);
    return [
      { name, schema: member, isRequired: required.includes(key) },
      ...(inner === undefined ? [] : membersOf(inner, path)),
    ];
  });
}

/** The object that a member is, or that it has for a value or an item. */
function innerObject(schema: Schema, name: string): [inner: Schema | undefined, path: string] {
  if (schema.properties !== undefined) return [schema, `${name}.`];
  if (schema.items !== undefined) return innerObject(schema.items, `${name}[]`);
  if (typeof schema.additionalProperties === 'object')
    return innerObject(schema.additionalProperties, `${name}.*`);
  const alternative = schema.anyOf?.find(({ properties }) => properties !== undefined);
  return [alternative, `${name}.`];
}

/** A list of members: each with its type and its meaning. */
export function memberList(members: readonly Member[]): Html {
  return html`<dl class="members">${members.map(
    ({ name, schema, isRequired }) =>
      html`<div><dt><code>${name}</code>${!isRequired && html` <small>optional</small>`}</dt><dd>${typeText(schema)}${schema.default !== undefined && html`, <code>${JSON.stringify(schema.default)}</code> by default`}${schema.description !== undefined && html`<small>${inlineCode(schema.description)}</small>`}</dd></div>\n`,
  )}</dl>`;
}

/** Text of a document, in which code stands between backticks. */
export function inlineCode(text: string): Html {
  return html`${text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
