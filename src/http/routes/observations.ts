import type { IncomingMessage } from 'node:http';
import { type Span, trace } from '@opentelemetry/api';
import type { Deployment } from '../../deployments/deployment.ts';
import { recordRejection } from '../../monitor/model-counts.ts';
import type { AddRoutes } from '../app.ts';
import { requireBearerToken } from '../bearer-token.ts';
import { defaultModel, namedModel } from '../chosen-model.ts';
import { type ObservationReceipt, recordBatch } from '../observation-batch.ts';
import { findRows, observationLimits } from '../observation-rows.ts';
import { Problem } from '../problem.ts';
import { queryValue } from '../query-value.ts';
import { BodyProblem, readBody } from '../read-body.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const acceptedBody = {
  mediaTypes: ['application/json', 'application/x-ndjson'],
  maxBytes: observationLimits.bytes,
};
const dayMs = 86_400_000;
const tracer = trace.getTracer('vigia');

/** `POST /observations` and `POST /models/:name/observations` of the admin listener: predictions made elsewhere. */
export function addObservationsRoute(router: AppRouter, service: Service): void {
  addRoutes(router, service, () => {});
}

/** The same routes of the public API, for those who have one of the tokens. */
export function createTokenObservationsRoute(tokens: readonly string[]): AddRoutes {
  const requireToken = requireBearerToken(tokens);
  return (router, service) => addRoutes(router, service, requireToken);
}

/** @param check throws for a request that may not observe, before anything is told of the models */
function addRoutes(router: AppRouter, service: Service, check: (request: IncomingMessage) => void): void {
  router.post('/observations', async (context) => {
    check(context.req);
    await takeObservations(context, service, defaultModel(service, 'observations'));
  });
  router.post('/models/:name/observations', async (context) => {
    check(context.req);
    await takeObservations(context, service, namedModel(context, service));
  });
}

/**
 * Records the predictions that a request brings, as those of a model.
 *
 * @throws Problem for a body of which nothing can be taken
 */
export async function takeObservations(
  context: RequestContext,
  service: Service,
  deployment: Deployment,
): Promise<void> {
  const { config, observations } = service;
  const release = observations.hold(announcedBytes(context.req));
  try {
    const wantsIds = queryValue(context.req, 'ids') !== 'false';
    const { bytes, mediaType } = await counting(deployment, readBody(context.req, acceptedBody));
    const receipt = await observations.inTurn(async (pause) => {
      const rows = await counting(deployment, findRows(bytes, mediaType, config.MAX_BODY_BYTES, pause));
      const take = (span?: Span) =>
        recordBatch(service, deployment, rows, {
          maxAgeMs: config.OUTCOME_MAX_AGE_DAYS * dayMs,
          wantsIds,
          traceId: context.state.trace?.traceId,
          span,
          pause,
        });
      return trace.getActiveSpan()?.isRecording() ? inSpan(take) : take();
    });
    answer(context, receipt);
  } finally {
    release();
  }
}

/** The length of the body, as far as it would be read; undefined where the request does not say it. */
function announcedBytes({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Math.min(Number(length), acceptedBody.maxBytes);
}

/** A body that cannot be read counts as one refused input: how many rows it has is not known. */
async function counting<Result>({ counts }: Deployment, reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof BodyProblem) {
      counts.refused++;
      recordRejection(counts, '', error.reason);
    }
    throw error;
  }
}

/** @throws Problem where nothing was accepted and something is invalid */
function answer(context: RequestContext, receipt: ObservationReceipt): void {
  const { accepted, invalid, moreInvalid = 0 } = receipt;
  context.state.observations = { accepted, invalid: invalid.length + moreInvalid };
  if (accepted === 0 && invalid.length > 0) throw refusal(receipt);
  sendJson(context, JSON.stringify(receipt), 202);
}

function inSpan<Result>(work: (span: Span) => Promise<Result>): Promise<Result> {
  return tracer.startActiveSpan('observations', async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}

/** Says of a request of which nothing was accepted what is wrong with it, and with each row. */
function refusal(receipt: ObservationReceipt): Problem {
  const [{ index, pointer, message }] = receipt.invalid;
  const others = receipt.invalid.length - 1 + (receipt.moreInvalid ?? 0);
  const more = others > 0 ? `, and ${others} more rows are invalid` : '';
  return new Problem('invalid-input', `row ${index}: ${pointer || 'it'} ${message}${more}`, {
    members: receipt,
  });
}
