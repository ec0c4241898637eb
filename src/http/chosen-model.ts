import type { Deployment } from '../deployments/deployment.ts';
import { modelPath } from '../text/model-path.ts';
import { Problem } from './problem.ts';
import { queryValue } from './query-value.ts';
import type { RequestContext } from './request-context.ts';
import type { Service } from './service.ts';

/** Where models are chosen from. */
type Models = Pick<Service, 'deployments'>;

/**
 * The model that answers where the path names none.
 *
 * @param route the last part of each model's own path: `predict`
 * @throws Problem naming those paths where the choice is open
 */
export function defaultModel(context: RequestContext, { deployments }: Models, route: string): Deployment {
  const { default: deployment, answering } = deployments;
  if (deployment !== undefined) return noted(context, deployment);
  const paths = answering.map(({ artifact: { name } }) => modelPath(name, route));
  throw new Problem('not-found', `there are several models: see ${shortList(paths)}, or set DEFAULT_MODEL`);
}

/** The model that the path names, in `/models/:name/…`. @throws Problem for an unknown one */
export function namedModel(context: RequestContext, service: Models): Deployment {
  return noted(context, find(service, context.params.name));
}

/**
 * The model that `?model=` names, or the one that answers where none is named.
 *
 * @throws Problem for an unknown one, and naming those there are where the choice is open
 */
export function queriedModel(context: RequestContext, service: Models): Deployment {
  const name = queryValue(context.req, 'model');
  if (name !== undefined) return find(service, name);
  const { default: deployment, answering } = service.deployments;
  if (deployment !== undefined) return deployment;
  const names = answering.map(({ artifact }) => `?model=${encodeURIComponent(artifact.name)}`);
  throw new Problem('not-found', `there are several models: choose with ${shortList(names)}`);
}

/** The log line of the request names the model. */
function noted({ state }: RequestContext, deployment: Deployment): Deployment {
  state.model = deployment.logMembers;
  return deployment;
}

function find({ deployments }: Models, name: string): Deployment {
  const deployment = deployments.get(name);
  if (deployment !== undefined) return deployment;
  throw unknownModel();
}

export function unknownModel(): Problem {
  return new Problem('not-found', 'there is no model of this name: see /models for those there are');
}

const maxNamed = 10;

function shortList(items: readonly string[]): string {
  const more = items.length - maxNamed;
  return `${items.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more in /models` : ''}`;
}
