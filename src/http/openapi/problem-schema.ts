import { maxFaultsTold } from '../../model/validate-input.ts';
import { problemTypes } from './parts.ts';

/** Every error, as RFC 9457 has it. */
export const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { enum: problemTypes },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    error: {
      type: 'string',
      description: 'Under `/v2` the detail again, where the Open Inference Protocol has it',
    },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      maxItems: maxFaultsTold,
      description: `One entry a fault of the input, up to ${maxFaultsTold}`,
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901)' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
    moreErrors: { type: 'integer', minimum: 1, description: 'Faults that are not among `errors`' },
  },
};
