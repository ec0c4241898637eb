import type { Artifact } from '../model/artifact.ts';
import type { BinaryClasses } from '../model/output-classes.ts';

/** The parts of a model file that are needed to request predictions from an external model. */
export type WatchedModel = Pick<Artifact, 'features'> & { readonly output: BinaryClasses };
