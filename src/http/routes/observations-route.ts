import type { IncomingMessage } from 'node:http';
import { type Span, trace } from '@opentelemetry/api';
import type { Deployment } from '../../deployments/deployment.ts';
import { dayMs } from '../../times/day.ts';
import type { AddRoutes } from '../app.ts';
import { requireBearerToken } from '../bearer-token.ts';
import { findRows } from '../body-rows.ts';
import { defaultModel, namedModel } from '../chosen-model.ts';
import { rowsMediaTypes } from '../content-type.ts';
import { nameBatch, readIdempotencyKey } from '../idempotency-key.ts';
import { type ObservationReceipt, recordBatch } from '../observation-batch.ts';
import { observationLimits } from '../observation-intake.ts';
import { Problem } from '../problem.ts';
import { queryFlag } from '../query-value.ts';
import { announcedBytes, readBody } from '../read-body.ts';
import { counting } from '../refusals.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

const acceptedBody = { mediaTypes: rowsMediaTypes, maxBytes: observationLimits.bytes };
const tracer = trace.getTracer('vigia');

/** `POST /observations` and `POST /models/:name/observations` of the admin listener: predictions made elsewhere. */
export function addObservationsRoute(router: AppRouter, service: Service): void {
  addRoutes(router, service, () => {});
}

/** The same routes of the public API, for clients with one of the tokens. */
export function createTokenObservationsRoute(tokens: readonly string[]): AddRoutes {
  const requireToken = requireBearerToken(tokens);
  return (router, service) => addRoutes(router, service, requireToken);
}

/** @param check throws for an unauthorised request, before anything about the models is revealed */
function addRoutes(router: AppRouter, service: Service, check: (request: IncomingMessage) => void): void {
  router.post('/observations', async (context) => {
    check(context.req);
    await takeObservations(context, service, defaultModel(context, service, 'observations'));
  });
  router.post('/models/:name/observations', async (context) => {
    check(context.req);
    await takeObservations(context, service, namedModel(context, service));
  });
}

/**
 * Records the predictions in a request as those of a model.
 *
 * @throws Problem for a body of which nothing can be used
 */
async function takeObservations(
  context: RequestContext,
  service: Service,
  deployment: Deployment,
): Promise<void> {
  const { config, observations } = service;
  const key = readIdempotencyKey(context.req);
  const limits = { maxRows: observationLimits.rows, maxRowBytes: config.MAX_BODY_BYTES };
  const wantsIds = queryFlag(context.req, 'ids', true);
  const release = observations.hold(announcedBytes(context.req, acceptedBody.maxBytes));
  try {
    const { bytes, mediaType } = await counting(deployment, readBody(context.req, acceptedBody));
    const [rows, batch] = await observations.inTurn(async (pause) => [
      await counting(deployment, findRows(bytes, mediaType, limits, pause)),
      key === undefined ? undefined : await nameBatch(deployment.artifact.name, key, bytes, pause),
    ]);
    const take = () =>
      observations.inTurn((pause) =>
        inSpan((span) =>
          recordBatch(service, deployment, rows, {
            maxAgeMs: config.OUTCOME_MAX_AGE_DAYS * dayMs,
            wantsIds,
            traceId: context.state.trace?.traceId,
            span,
            pause,
          }),
        ),
      );
    if (batch === undefined) {
      answer(context, await take(), false);
    } else {
      const { receipt, isRepetition } = await observations.once(batch, take);
      answer(context, receipt, isRepetition);
    }
  } finally {
    release();
  }
}

/** @throws Problem if nothing was accepted and something is invalid */
function answer(context: RequestContext, receipt: ObservationReceipt, isRepetition: boolean): void {
  const { accepted, invalid, moreInvalid = 0 } = receipt;
  context.state.observations = { accepted, invalid: invalid.length + moreInvalid, isRepetition };
  if (accepted === 0 && invalid.length + moreInvalid > 0) throw refusal(receipt);
  sendJson(context, JSON.stringify(receipt), 202);
}

/** Does the work in its own span, if the request is traced. */
function inSpan<Result>(work: (span: Span | undefined) => Promise<Result>): Promise<Result> {
  if (!trace.getActiveSpan()?.isRecording()) return work(undefined);
  return tracer.startActiveSpan('observations', async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}

/** Describes what is wrong with a request of which nothing was accepted, and with each row. */
function refusal(receipt: ObservationReceipt): Problem {
  const [first, ...others] = receipt.invalid;
  const more = others.length + (receipt.moreInvalid ?? 0);
  const detail =
    first === undefined
      ? `all ${more} rows were invalid when they were first sent`
      : `row ${first.index}: ${[first.pointer, first.message].join(' ').trimStart()}${describeOthers(more)}`;
  return new Problem('invalid-input', detail, { members: receipt });
}

function describeOthers(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ', and 1 more row is invalid' : `, and ${count} more rows are invalid`;
}
