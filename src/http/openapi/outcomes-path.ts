import type { Artifact } from '../../model/artifact.ts';
import { classesOf } from '../../model/output-classes.ts';
import { linesMediaType } from '../content-type.ts';
import { outcomeLimits } from '../outcome-items.ts';
import { problemMediaType, problems } from '../problem.ts';
import { describeLines, exampleId, failures, json, problemOf, ref, securityOf, tags } from './parts.ts';

/** `POST /outcomes`. @param artifact of the model that the example is of */
export function outcomesPath({ output }: Artifact, asksToken: boolean) {
  const one = { id: exampleId, outcome: classesOf(output)[1] };
  return {
    post: {
      operationId: 'outcomes',
      tags: [tags.outcomes],
      summary: 'Report what became of predictions',
      description: 'Safe to repeat: an outcome counts once.',
      security: securityOf(asksToken),
      requestBody: {
        required: true,
        content: {
          ...json(
            {
              oneOf: [
                ref('Outcome'),
                { type: 'array', maxItems: outcomeLimits.items, items: ref('Outcome') },
              ],
            },
            one,
          ),
          [linesMediaType]: {
            schema: { type: 'string', description: describeLines('Outcome') },
            example: JSON.stringify(one),
          },
        },
      },
      responses: {
        202: {
          description: 'What became of each',
          content: json(ref('Receipt'), { accepted: 1, duplicate: 0, expired: 0, invalid: [] }),
        },
        ...failures(
          'malformed-json',
          ...(asksToken ? (['unauthorized'] as const) : []),
          'body-too-large',
          'unsupported-media-type',
          'internal',
          'unavailable',
        ),
        [problems['invalid-outcome'].status]: {
          description: `${problems['invalid-outcome'].title}, and at least one is invalid`,
          content: {
            [problemMediaType]: { schema: { allOf: [problemOf('invalid-outcome'), ref('Receipt')] } },
          },
        },
      },
    },
  };
}

export function outcomeSchema(models: readonly Artifact[]) {
  const classes = models.map(
    ({ name, output }) =>
      `${name} ${classesOf(output)
        .map((one) => `"${one}"`)
        .join(' or ')}`,
  );
  return {
    type: 'object',
    required: ['id', 'outcome'],
    properties: {
      id: { type: 'string', description: 'The id that the prediction was answered with' },
      outcome: {
        type: 'string',
        description: `One of the classes of the model that predicted: ${classes.join('; ')}`,
      },
    },
  };
}

export const receiptSchema = {
  type: 'object',
  required: ['accepted', 'duplicate', 'expired', 'invalid'],
  properties: {
    accepted: { type: 'integer' },
    duplicate: { type: 'integer', description: 'Counted before: the first outcome of a prediction stays' },
    expired: { type: 'integer', description: 'Of predictions that are too old' },
    invalid: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'reason', 'message'],
        properties: {
          index: { type: 'integer', description: 'Place in the batch, from 0' },
          reason: { enum: ['malformed', 'invalid_id', 'unknown_model', 'unknown_class'] },
          message: { type: 'string' },
        },
      },
    },
  },
};
