import type { Deployment } from '../deployments/deployment.ts';
import { modelPath } from '../text/model-path.ts';
import { Problem } from './problem.ts';
import { queryValue } from './query-value.ts';
import type { RequestContext } from './request-context.ts';
import type { Service } from './service.ts';

/** The models to choose from. */
type Models = Pick<Service, 'deployments'>;

/**
 * The model that answers if the path names none.
 *
 * @param route the last part of each model's own path: `predict`
 * @throws Problem naming those paths if the choice is ambiguous
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
 * The model that `?model=` names, or the default model.
 *
 * @throws Problem for an unknown one, and if the choice is ambiguous, naming the existing ones
 */
export function queriedModel(context: RequestContext, service: Models): Deployment {
  const name = queryValue(context.req, 'model');
  if (name !== undefined) return find(service, name);
  const { default: deployment, answering } = service.deployments;
  if (deployment !== undefined) return deployment;
  const names = answering.map(({ artifact }) => `?model=${encodeURIComponent(artifact.name)}`);
  throw new Problem('not-found', `there are several models: choose with ${shortList(names)}`);
}

/** The model of a page: as `queriedModel`, but where the choice is open the first, as pages link the others. */
export function shownModel(context: RequestContext, service: Models): Deployment {
  const { default: unnamed, answering } = service.deployments;
  return unnamed === undefined && queryValue(context.req, 'model') === undefined
    ? answering[0]
    : queriedModel(context, service);
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
  return new Problem('not-found', 'there is no model with this name: see /models for the list');
}

const maxNamed = 10;

function shortList(items: readonly string[]): string {
  const more = items.length - maxNamed;
  return `${items.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more in /models` : ''}`;
}
