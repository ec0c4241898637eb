import type { Artifact } from '../model/artifact.ts';
import type { BinaryClasses } from '../model/output-classes.ts';

/** What is needed of a model file to ask another model for its predictions. */
export type WatchedModel = Pick<Artifact, 'features'> & { readonly output: BinaryClasses };
