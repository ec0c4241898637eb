import { createKnownModels, type KnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';

/** Not even root can make it. */
const folder = '/dev/null/models';

/** The models of a service that keeps none of them on disk. */
export function unkeptModels(): KnownModels {
  return createKnownModels({
    files: createModelFiles({ folder, maxAgeMs: 0, onProblem: () => {} }),
    maturityMs: 0,
    onKnown: () => {},
    onProblem: () => {},
  });
}
