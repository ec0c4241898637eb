import { IntakeUnavailable, type Receipt } from '../../outcomes/intake.ts';
import type { AddRoutes } from '../app.ts';
import { requireBearerToken } from '../bearer-token.ts';
import { outcomeLimits, readItems } from '../outcome-items.ts';
import { Problem } from '../problem.ts';
import { readText } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const mediaTypes = ['application/json', 'application/x-ndjson'];
/** `POST /outcomes` of the admin listener: what became of predictions. */
export function addOutcomesRoute(router: AppRouter, service: Service): void {
  router.post('/outcomes', (context) => takeOutcomes(context, service));
}

/** `POST /outcomes` of the public API, for those who have one of the tokens. */
export function createTokenOutcomesRoute(tokens: readonly string[]): AddRoutes {
  const requireToken = requireBearerToken(tokens);
  return (router, service) => {
    router.post('/outcomes', async (context) => {
      requireToken(context.req);
      await takeOutcomes(context, service);
    });
  };
}

async function takeOutcomes(context: RequestContext, { intake }: Service): Promise<void> {
  const { text, mediaType } = await readText(context.req, { mediaTypes, maxBytes: outcomeLimits.bytes });
  const { items, isList } = await readItems(text, mediaType);
  const receipt = await intake.take(items).catch(deferred);
  if (!isList) refuseUnknownClass(receipt);
  sendJson(context, JSON.stringify(receipt), 202);
}

function deferred(error: unknown): never {
  if (!(error instanceof IntakeUnavailable)) throw error;
  throw new Problem('unavailable', 'outcomes cannot be kept now: send all of them again, none counts twice', {
    headers: { 'retry-after': String(error.retryAfterS) },
  });
}

/** A single outcome gets a status of its own for the one fault that is the sender's alone. */
function refuseUnknownClass({ invalid }: Receipt): void {
  const [fault] = invalid;
  if (fault?.reason === 'unknown_class') throw new Problem('invalid-outcome', fault.message);
}
