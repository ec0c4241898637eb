import { IntakeUnavailable, type Receipt } from '../../outcomes/intake.ts';
import type { AddRoutes } from '../app.ts';
import { requireBearerToken } from '../bearer-token.ts';
import { Problem } from '../problem.ts';
import { describeFault, parseJson, readText } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const mediaTypes = ['application/json', 'application/x-ndjson'];
/** The most outcomes that one request may bring, and the bytes that so many need. */
const outcomeLimits = { items: 10_000, bytes: 4 * 1024 * 1024 } as const;

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
  limitLists(text);
  const body = mediaType === 'application/json' ? parseJson(text) : parseLines(text);
  const items = Array.isArray(body) ? body : [body];
  limitItems(items);
  const receipt = await intake.take(items).catch(deferred);
  if (!Array.isArray(body)) refuseUnknownClass(receipt);
  sendJson(context, JSON.stringify(receipt), 202);
}

/** The most lists and objects of a body: an outcome is one, and may have some more in it. */
const maxLists = 4 * outcomeLimits.items;

/** Parsing millions of lists and objects, or saying what is wrong with them, would hold up everybody for long. */
function limitLists(text: string): void {
  let lists = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20;
    // [ and {, which differ in this bit alone; those in texts count as well
    if (code === 0x7b && ++lists > maxLists) {
      throw new Problem('body-too-large', `a request may bring at most ${maxLists} lists and objects`);
    }
  }
}

function limitItems(items: readonly unknown[]): void {
  if (items.length <= outcomeLimits.items) return;
  throw new Problem('body-too-large', `a request may bring at most ${outcomeLimits.items} outcomes`);
}

/** Each line for itself; in place of one that is not JSON the error that says why. */
function parseLines(text: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // before the work: an exception for each of two million lines takes seconds
  limitItems(lines);
  return lines.map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return new SyntaxError(describeFault(line, 'the line'));
    }
  });
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
