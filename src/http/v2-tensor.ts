import type { Feature } from '../model/artifact.ts';
import { floatDatatypes, integerDatatypes, textParameters } from '../predictors/v2-datatypes.ts';
import type { RequestFaults } from './refusals.ts';

/** The values of one feature. */
export type Tensor = {
  /** JSON pointer to it in the request. */
  readonly place: string;
  /** One per row. */
  readonly values: readonly unknown[];
};

/** The valid values of a datatype, besides `null` for a missing one. */
type ValueForm = { readonly isValue: (value: unknown) => boolean; readonly rule: string };

const number: ValueForm = { isValue: (value) => typeof value === 'number', rule: 'a number' };
const integer: ValueForm = { isValue: Number.isInteger, rule: 'a whole number' };
const truthValue: ValueForm = { isValue: (value) => typeof value === 'boolean', rule: 'true or false' };
const text: ValueForm = { isValue: (value) => typeof value === 'string', rule: 'a text' };

const datatypes: ReadonlyMap<unknown, ValueForm> = new Map([
  ...floatDatatypes.map((name) => [name, number] as const),
  ...integerDatatypes.map((name) => [name, integer] as const),
  ['BOOL', truthValue] as const,
  ['BYTES', text] as const,
]);

/** The recommended tensor type for a feature. */
export function tensorTypeOf({ kind }: Pick<Feature, 'kind'>) {
  return kind === 'numeric' ? { datatype: 'FP64' } : textType;
}

export const textType = { datatype: 'BYTES', parameters: textParameters } as const;

/** The datatypes that an input may have. */
export const datatypeNames = [...datatypes.keys()] as readonly string[];

/** How texts may be encoded. They are JSON within the text if a column also contains other things than texts. */
const textForms = { plain: new Set([undefined, null, 'str', 'pd', 'np']), json: 'pd_json' };

/**
 * Reads one input tensor: one value per row, in the shape `[n]` or `[n, 1]`.
 *
 * @param place JSON pointer to it
 * @param feature whose values it contains
 * @returns undefined if something is wrong, which is added to `faults`
 */
export function readTensor(
  input: object,
  place: string,
  feature: string,
  faults: RequestFaults,
): Tensor | undefined {
  const { shape, datatype, data, parameters } = input as Record<string, unknown>;
  const refuse = (where: string, message: string): undefined => {
    faults.add(`${place}${where}`, 'invalid_tensor', message);
  };
  const form = datatypes.get(datatype);
  if (form === undefined) return refuse('/datatype', `must be one of ${datatypeNames.join(', ')}`);
  const rows = readShape(shape);
  if (rows === undefined)
    return refuse('/shape', 'must be [n] or [n, 1]: each feature has an input of its own');
  if (!Array.isArray(data)) return refuse('/data', 'must be a list of values');
  const isNested = Array.isArray(data[0]);
  if (isNested && data.some((row) => !Array.isArray(row) || row.length !== 1)) {
    return refuse('/data', 'must have one value in each row');
  }
  const values = isNested ? data.flat() : data;
  if (values.length !== rows) {
    return refuse('/data', `must have as many values as the shape says: ${rows}, not ${values.length}`);
  }
  const contentType = (parameters as { content_type?: unknown } | null | undefined)?.content_type;
  if (datatype === 'BYTES' && contentType === textForms.json) return readJsonTexts(values, place, faults);
  if (datatype === 'BYTES' && !textForms.plain.has(contentType as string)) {
    return refuse('/parameters/content_type', 'must be str: send the texts unencoded');
  }
  for (const [i, value] of values.entries()) {
    if (value === null || form.isValue(value)) continue;
    // JSON.parse reads a number beyond double precision as infinite: the check of the row reports that
    if (value === Infinity || value === -Infinity) continue;
    faults.add(
      `${place}/data/${i}`,
      'type',
      `must be ${form.rule} or null, as its datatype requires`,
      feature,
    );
  }
  return { place, values };
}

function readShape(shape: unknown): number | undefined {
  if (!Array.isArray(shape) || shape.length === 0 || shape.length > 2) return undefined;
  const [rows, columns = 1] = shape;
  return Number.isInteger(rows) && rows >= 0 && columns === 1 ? rows : undefined;
}

/** Each text is the JSON of a value. */
function readJsonTexts(values: readonly unknown[], place: string, faults: RequestFaults): Tensor | undefined {
  try {
    return { place, values: values.map((value) => (value === null ? null : JSON.parse(value as string))) };
  } catch {
    faults.add(
      `${place}/data`,
      'invalid_tensor',
      'must have JSON in each text, as its content type requires',
    );
    return undefined;
  }
}
