import type { Artifact } from '../model/artifact.ts';
import type { Classes } from './class-order.ts';

/** What is needed of a model file to ask another model for its predictions. */
export type WatchedModel = Pick<Artifact, 'features'> & { readonly output: Classes };
