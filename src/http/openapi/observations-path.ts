import type { Artifact } from '../../model/artifact.ts';
import { inputSchema } from '../../model/input-schema.ts';
import { classesOf } from '../../model/output-classes.ts';
import { linesMediaType } from '../content-type.ts';
import { idempotencyKeyForm } from '../idempotency-key.ts';
import { maxInvalidTold } from '../observation-batch.ts';
import { observationLimits } from '../observation-intake.ts';
import { problemMediaType, problems } from '../problem.ts';
import {
  describeLines,
  exampleId,
  failures,
  json,
  keySchema,
  problemOf,
  ref,
  securityOf,
  tags,
} from './parts.ts';

/**
 * `POST /observations` of one model.
 *
 * @param prefix of the names of the model's schemas
 * @param features an example of its input
 */
export function observationsPath(
  { name, output }: Artifact,
  {
    prefix,
    operationId,
    features,
    asksToken,
  }: {
    readonly prefix: string;
    readonly operationId: string;
    readonly features: object;
    readonly asksToken: boolean;
  },
) {
  const one = ref(`${prefix}Observation`);
  const examples = {
    one: { value: { features, score: 0.31 } },
    several: {
      value: [
        { features, score: 0.31, prediction: output.negative, key: 'loan-123' },
        { features, score: 0.87, prediction: output.positive, key: 'loan-124' },
      ],
    },
  };
  const lines = examples.several.value.map((each) => JSON.stringify(each)).join('\n');
  return {
    post: {
      operationId,
      tags: [tags.observe],
      summary: `Report predictions of ${name} that were made elsewhere`,
      description: `Each row is counted and kept as a prediction is. At most ${observationLimits.bytes} bytes.`,
      security: securityOf(asksToken),
      parameters: [
        {
          name: 'ids',
          in: 'query',
          description: '`false` leaves the ids out of the answer',
          schema: { enum: ['true', 'false'], default: 'true' },
        },
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'A batch that comes again under the same key counts once, and gets the same answer',
          schema: { type: 'string', pattern: idempotencyKeyForm.source },
        },
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { oneOf: [one, { type: 'array', maxItems: observationLimits.rows, items: one }] },
            examples,
          },
          [linesMediaType]: {
            schema: { type: 'string', description: describeLines(`${prefix}Observation`) },
            example: lines,
          },
        },
      },
      responses: {
        202: {
          description: 'What became of each row',
          content: json(ref('ObservationReceipt'), {
            accepted: 1,
            ids: [exampleId, null],
            invalid: [
              { index: 1, pointer: '/score', code: 'invalid_score', message: 'must be a number from 0 to 1' },
            ],
          }),
        },
        ...failures(
          'malformed-json',
          'invalid-header',
          'invalid-query',
          ...(asksToken ? (['unauthorized'] as const) : []),
          'not-found',
          'body-too-large',
          'unsupported-media-type',
          'internal',
          'overloaded',
          'unavailable',
        ),
        [problems['invalid-input'].status]: {
          description: 'No row fits the model, or the Idempotency-Key stands for another body',
          content: {
            [problemMediaType]: {
              schema: {
                anyOf: [
                  { allOf: [problemOf('invalid-input'), ref('ObservationReceipt')] },
                  problemOf('idempotency-key-reused'),
                ],
              },
            },
          },
        },
      },
    },
  };
}

export function observationSchema(artifact: Artifact) {
  const { output } = artifact;
  return {
    type: 'object',
    required: ['features', 'score'],
    additionalProperties: false,
    properties: {
      features: {
        ...inputSchema(artifact),
        additionalProperties: true,
        description: 'Fields that the model does not know are counted, and otherwise ignored',
      },
      score: { type: 'number', minimum: 0, maximum: 1, description: `Probability of "${output.positive}"` },
      prediction: {
        enum: [...classesOf(output), null],
        description: 'The class that was predicted; without it, it follows from the score and the threshold',
      },
      key: {
        type: ['string', 'null'],
        ...keySchema,
      },
      time: {
        type: ['string', 'null'],
        format: 'date-time',
        description: 'When it was made; without it, now',
      },
    },
  };
}

export const observationReceiptSchema = {
  type: 'object',
  required: ['accepted', 'invalid'],
  properties: {
    accepted: { type: 'integer' },
    ids: {
      type: 'array',
      items: { type: ['string', 'null'] },
      description: 'One a row, in their order, null for one that is invalid; joins an outcome later',
    },
    invalid: {
      type: 'array',
      maxItems: maxInvalidTold,
      items: {
        type: 'object',
        required: ['index', 'pointer', 'code', 'message'],
        properties: {
          index: { type: 'integer', description: 'Place of the row in the batch, from 0' },
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901) within the row' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
    moreInvalid: { type: 'integer', minimum: 1, description: 'Invalid rows that are not among `invalid`' },
    duplicate: {
      const: true,
      description: 'The batch counted when it came before, and its ids are no longer kept',
    },
  },
};
