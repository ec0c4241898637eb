import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { createNameFinder } from '../text/column-names.ts';
import type { Artifact } from './artifact.ts';
import { inputSchema } from './input-schema.ts';
import { isInherited, isObject } from './row.ts';

/** One thing wrong with an input. */
export type InputFault = {
  /** JSON pointer (RFC 6901) to the value at fault. */
  readonly pointer: string;
  readonly code: 'missing' | 'null' | 'type' | 'too_long' | 'unknown_field' | 'not_an_object';
  readonly message: string;
  /** The model's feature; empty when the fault is none of theirs. */
  readonly feature: string;
};

/** Faults of one input are told up to this many: a body can hold thousands, and each costs time and an answer's bytes. */
export const maxFaultsTold = 20;

/** What is wrong with an input. */
export type InputFaults = {
  /** The first of them, those of the model's features before unknown fields; at least one, `maxFaultsTold` at most. */
  readonly told: readonly InputFault[];
  /** How many there are, told or not. */
  readonly total: number;
  /** How many there are of each kind, by feature: an entry for each fault of a feature, one for all unknown fields. */
  readonly counts: readonly (Pick<InputFault, 'feature' | 'code'> & { readonly count: number })[];
};

/**
 * Checks a parsed body: `null` when it is a row the model can score.
 *
 * @param onUnknown told how many fields are none of the model's features, if any are; without it those are faults
 */
export type InputValidator = (body: unknown, onUnknown?: (count: number) => void) => InputFaults | null;

/**
 * Compiles the artifact's feature schema, once a model: whether the features of a body fit it, which ends at the first
 * fault, and what is wrong with those of one that does not. Work grows with the model's features and not with the fields of a
 * body: unknown ones are counted, and the first few looked at.
 */
export function createInputValidator(artifact: Artifact): InputValidator {
  const names = artifact.features.map(({ name }) => name);
  const known = new Set(names);
  const findName = createNameFinder(names);
  const areFeaturesValid = compile(artifact, false);
  const checkFeatures = compile(artifact, true);

  /** In one pass, as the names of an object with thousands take longer to list than to look at. */
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

/** Fields that are none of the model's features: the first few by name, and how many. */
type UnknownFields = { readonly first: string[]; count: number };

const noUnknown: UnknownFields = { first: [], count: 0 };

/** The check of the features alone. @param allErrors whether to go on after the first fault */
function compile(artifact: Artifact, allErrors: boolean): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors,
    allowUnionTypes: true,
    verbose: true,
    // a `constructor` that was left out is missing, not a function; asked of every name it would cost time
    ownProperties: artifact.features.some(({ name }) => isInherited(name)),
  });
  const { properties, additionalProperties: _, ...schema } = inputSchema(artifact);
  // Ajv knows no property of this name, but a pattern for it
  const { ['__proto__']: proto, ...others } = properties;
  return ajv.compile({
    ...schema,
    properties: others,
    ...(Object.hasOwn(properties, '__proto__') && { patternProperties: { '^__proto__$': proto } }),
  });
}

/** @param isAlike whether it is a feature's name but for spaces and Unicode forms */
function unknownField(name: string, isAlike: boolean): InputFault {
  return {
    pointer: `/${escapePointer(name)}`,
    code: 'unknown_field',
    message: isAlike
      ? 'looks like a feature of this model, but has other spaces or another Unicode form: copy its name from /openapi.json'
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

/** What is wrong with a value that is of none of the types; JSON reads a number beyond double precision as infinite. */
function describeType(types: readonly string[], data: unknown): string {
  if (types.includes('number') && typeof data === 'number') {
    return 'is a number too large for double precision: its size may be at most 1.79e308';
  }
  const last = types.length - 1;
  return `must be ${last === 0 ? types[0] : `${types.slice(0, last).join(', ')} or ${types[last]}`}`;
}

/** A name as it stands in a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
