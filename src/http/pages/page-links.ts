import type { Deployments } from '../../deployments/deployments.ts';

/** The query that names the model of a page or an answer: empty if only one answers. */
export function modelQuery(name: string, { answering }: Pick<Deployments, 'answering'>): string {
  return answering.length > 1 ? `?model=${encodeURIComponent(name)}` : '';
}

/** The page of one feature, or of the score. @param query of `modelQuery` */
export function featurePath(feature: string, query: string): string {
  return `/features/${encodeURIComponent(feature)}${query}`;
}
