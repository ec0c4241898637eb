import { z } from 'zod';
import { maxMagnitude } from '../stats/summable.ts';

export const share = z.number().min(0).max(1);
export const count = z.int().min(0);
export const name = z.string().min(1);
/** A value of a feature, in its own unit. */
export const measure = z.number().min(-maxMagnitude).max(maxMagnitude);

export const edges = z
  .array(measure)
  .describe(
    'Interior bin edges, strictly ascending; bin i is (edges[i-1], edges[i]], the first and last are open. A frequent value has a bin of its own, between two edges close around it',
  )
  .superRefine((values, context) => {
    const fault = values.findIndex((value, i) => i > 0 && !(value > values[i - 1]));
    if (fault > 0) {
      context.addIssue({
        code: 'custom',
        path: [fault],
        message: `must be above the edge before it (${values[fault - 1]}), is ${values[fault]}`,
      });
    }
  });

export const counts = z
  .array(count)
  .refine((values) => values.some((value) => value > 0), 'needs at least one row');

export const effects = z
  .exactOptional(z.array(z.number()))
  .describe(
    'What a row in each bin adds to the log-odds of the score on average, in standard deviations of the log-odds over the reference; parallel to counts. Absent in files of version 1, and if not known',
  );
