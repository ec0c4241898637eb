import { IntakeUnavailable, type Receipt } from '../../outcomes/intake.ts';
import type { AddRoutes } from '../app.ts';
import { requireBearerToken } from '../bearer-token.ts';
import { rowsMediaTypes } from '../content-type.ts';
import { outcomeLimits, readItems } from '../outcome-items.ts';
import { Problem } from '../problem.ts';
import { readBody } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const acceptedBody = { mediaTypes: rowsMediaTypes, maxBytes: outcomeLimits.bytes };

/** `POST /outcomes` of the admin listener: the outcomes of predictions. */
export function addOutcomesRoute(router: AppRouter, service: Service): void {
  router.post('/outcomes', (context) => takeOutcomes(context, service));
}

/** `POST /outcomes` of the public API, for clients with one of the tokens. */
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
  const { bytes, mediaType } = await readBody(context.req, acceptedBody);
  const receipt = await intake.take(await readItems(bytes, mediaType)).catch(deferred);
  const { accepted, invalid } = receipt;
  if (accepted === 0 && invalid.length > 0) throw refusal(receipt);
  sendJson(context, JSON.stringify(receipt), 202);
}

function deferred(error: unknown): never {
  if (!(error instanceof IntakeUnavailable)) throw error;
  throw new Problem(
    'unavailable',
    'outcomes cannot be stored now: send all of them again, none counts twice',
    {
      headers: { 'retry-after': String(error.retryAfterS) },
    },
  );
}

/** Describes what is wrong with a request without new outcomes, and the result of each outcome. */
function refusal(receipt: Receipt): Problem {
  const [{ index, reason, message }, ...others] = receipt.invalid;
  const place = index === 0 && others.length === 0 ? '' : `outcome ${index}: `;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return new Problem('invalid-outcome', `${place}${reason}: ${message}${more}`, { members: receipt });
}
