import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { findName } from '../column-names.ts';
import type { Artifact } from './artifact.ts';
import { inputSchema } from './input-schema.ts';
import { isInherited } from './row.ts';

/** One thing wrong with an input. */
export type InputFault = {
  /** JSON pointer (RFC 6901) to the value at fault. */
  readonly pointer: string;
  readonly code: 'missing' | 'null' | 'type' | 'too_long' | 'unknown_field' | 'not_an_object';
  readonly message: string;
  /** The model's feature; empty when the fault is none of theirs. */
  readonly feature: string;
};

/** Checks a parsed body: `null` when it is a row the model can score. */
export type InputValidator = (body: unknown) => readonly InputFault[] | null;

/** Compiles the artifact's feature schema, once a model. */
export function createInputValidator(artifact: Artifact): InputValidator {
  const ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    verbose: true,
    // a `constructor` that was left out is missing, not a function; asked of every name it would cost time
    ownProperties: artifact.features.some(({ name }) => isInherited(name)),
  });
  const { properties, ...schema } = inputSchema(artifact);
  // Ajv knows no property of this name, but a pattern for it
  const { ['__proto__']: proto, ...others } = properties;
  const validate = ajv.compile({
    ...schema,
    properties: others,
    ...(Object.hasOwn(properties, '__proto__') && { patternProperties: { '^__proto__$': proto } }),
  });
  const names = artifact.features.map(({ name }) => name);
  return (body) => (validate(body) ? null : (validate.errors ?? []).map((error) => toFault(error, names)));
}

function toFault({ keyword, instancePath, params, data }: ErrorObject, names: readonly string[]): InputFault {
  const feature = unescapePointer(instancePath.slice(1));
  switch (keyword) {
    case 'required': {
      const name: string = params.missingProperty;
      return { pointer: `/${escapePointer(name)}`, code: 'missing', message: 'is required', feature: name };
    }
    case 'additionalProperties': {
      const name: string = params.additionalProperty;
      const looksLikeFeature = findName(name, names) !== undefined;
      return {
        pointer: `/${escapePointer(name)}`,
        code: 'unknown_field',
        message: looksLikeFeature
          ? 'looks like a feature of this model, but has other spaces or another Unicode form: copy its name from /openapi.json'
          : 'is not a feature of this model',
        feature: '',
      };
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

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
