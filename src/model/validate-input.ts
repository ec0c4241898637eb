import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { createNameFinder } from '../text/column-names.ts';
import { type InputFeature, inputSchema } from './input-schema.ts';
import { isInherited, isObject } from './row.ts';

/** One thing wrong with an input. */
export type InputFault = {
  /** JSON pointer (RFC 6901) to the value at fault. */
  readonly pointer: string;
  readonly code: 'missing' | 'null' | 'type' | 'too_long' | 'unknown_field' | 'not_an_object';
  readonly message: string;
  /** The model's feature; empty if the fault does not concern one. */
  readonly feature: string;
};

/**
 * At most this many faults of one input are listed: a body can contain thousands, and each costs time and makes the
 * answer longer.
 */
export const maxFaultsTold = 20;

/** What is wrong with an input. */
export type InputFaults = {
  /** The first faults, those of the model's features before unknown fields; at least one, at most `maxFaultsTold`. */
  readonly told: readonly InputFault[];
  /** How many there are, listed or not. */
  readonly total: number;
  /** The number of each kind, by feature: an entry for each fault of a feature, and one for all unknown fields. */
  readonly counts: readonly (Pick<InputFault, 'feature' | 'code'> & { readonly count: number })[];
};

/**
 * Checks a parsed body: `null` when it is a row the model can score.
 *
 * @param onUnknown called with the number of fields that are not features of the model, if there are any; without it,
 * such fields are faults
 */
export type InputValidator = (body: unknown, onUnknown?: (count: number) => void) => InputFaults | null;

/** A model file, or as much of it as is needed here. */
type CheckedFeatures = { readonly features: readonly InputFeature[] };

/**
 * Compiles the artifact's feature schema, once per model, twice over: a check whether the features of a body match it,
 * which stops at the first fault, and one that lists all faults if they do not. Work grows with the model's features,
 * not with the fields of a body: unknown fields are counted, and only the first few examined.
 */
export function createInputValidator(artifact: CheckedFeatures): InputValidator {
  const names = artifact.features.map(({ name }) => name);
  const known = new Set(names);
  const findName = createNameFinder(names);
  const areFeaturesValid = compile(artifact, false);
  const checkFeatures = compile(artifact, true);

  /** In one pass, because listing thousands of names takes longer than looking at them. */
  function findUnknown(body: object): UnknownFields {
    let found = noUnknown;
    for (const name in body) {
      if (known.has(name)) continue;
      if (found === noUnknown) found = { first: [], count: 0 };
      if (found.count++ < maxFaultsTold) found.first.push(name);
    }
    return found;
  }

  return (body, onUnknown) => {
    let unknown = isObject(body) ? findUnknown(body) : noUnknown;
    if (onUnknown !== undefined && unknown !== noUnknown) {
      onUnknown(unknown.count);
      unknown = noUnknown;
    }
    if (unknown === noUnknown && areFeaturesValid(body)) return null;
    const faults = checkFeatures(body) ? [] : (checkFeatures.errors ?? []).map(toFault);
    const counts = faults.map(({ feature, code }) => ({ feature, code, count: 1 }));
    const told = faults.slice(0, maxFaultsTold);
    if (unknown.count > 0) counts.push({ feature: '', code: 'unknown_field', count: unknown.count });
    for (const name of unknown.first.slice(0, maxFaultsTold - told.length)) {
      told.push(unknownField(name, findName(name) !== undefined));
    }
    return { told, total: faults.length + unknown.count, counts };
  };
}

/** Fields that are not features of the model: the first few names, and the total number. */
type UnknownFields = { readonly first: string[]; count: number };

const noUnknown: UnknownFields = { first: [], count: 0 };

/** The check of the features alone. @param allErrors whether to go on after the first fault */
function compile(artifact: CheckedFeatures, allErrors: boolean): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors,
    allowUnionTypes: true,
    verbose: true,
    // an omitted `constructor` is missing, not a function; enabled only if needed, as it costs time
    ownProperties: artifact.features.some(({ name }) => isInherited(name)),
  });
  const { properties, additionalProperties: _, ...schema } = inputSchema(artifact);
  // Ajv cannot have a property of this name, but supports a pattern for it
  const { ['__proto__']: proto, ...others } = properties;
  return ajv.compile({
    ...schema,
    properties: others,
    ...(Object.hasOwn(properties, '__proto__') && { patternProperties: { '^__proto__$': proto } }),
  });
}

/** @param isAlike whether it differs from a feature's name only in spaces or Unicode form */
function unknownField(name: string, isAlike: boolean): InputFault {
  return {
    pointer: `/${escapePointer(name)}`,
    code: 'unknown_field',
    message: isAlike
      ? 'looks like a feature of this model, but differs in spaces or Unicode form: copy the name from /openapi.json'
      : 'is not a feature of this model',
    feature: '',
  };
}

function toFault({ keyword, instancePath, params, data }: ErrorObject): InputFault {
  const feature = unescapePointer(instancePath.slice(1));
  switch (keyword) {
    case 'required': {
      const name: string = params.missingProperty;
      return { pointer: `/${escapePointer(name)}`, code: 'missing', message: 'is required', feature: name };
    }
    case 'maxLength':
      return {
        pointer: instancePath,
        code: 'too_long',
        message: `must not have more than ${params.limit} characters`,
        feature,
      };
    case 'not':
      return { pointer: instancePath, code: 'null', message: 'must not be a missing value', feature };
    default: {
      if (instancePath === '') {
        return { pointer: '', code: 'not_an_object', message: 'must be a JSON object', feature: '' };
      }
      const code = data === null ? 'null' : 'type';
      return { pointer: instancePath, code, message: describeType([params.type].flat(), data), feature };
    }
  }
}

/**
 * What is wrong with a value that has none of the allowed types; JSON.parse reads a number beyond double precision as
 * infinite.
 */
function describeType(types: readonly string[], data: unknown): string {
  if (types.includes('number') && typeof data === 'number') {
    return 'is a number too large for double precision: its size may be at most 1.79e308';
  }
  const last = types.length - 1;
  return `must be ${last === 0 ? types[0] : `${types.slice(0, last).join(', ')} or ${types[last]}`}`;
}

/** A name, escaped for a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
