import type Koa from 'koa';
import { createHttpMetrics } from '../telemetry/http-metrics.ts';
import { isScraped } from '../telemetry/otlp-options.ts';
import { type AddRoutes, createApp } from './app.ts';
import { type Observer, observeRequest } from './observe-request.ts';
import type { RequestState } from './request-context.ts';
import { addAdminDocs, addPublicDocs, addRootRoute } from './routes/docs-route.ts';
import { addDriftRoute } from './routes/drift-route.ts';
import { addFeatureRoute } from './routes/feature-route.ts';
import { addHealthRoutes } from './routes/health-route.ts';
import { addHomeRoutes } from './routes/home-route.ts';
import { addFullMetricsRoute, addPrometheusRoute, addSummaryRoute } from './routes/metrics-route.ts';
import { addModelDetailsRoute, addModelsRoute } from './routes/models-route.ts';
import { addObservationsRoute, createTokenObservationsRoute } from './routes/observations-route.ts';
import { addOutcomesRoute, createTokenOutcomesRoute } from './routes/outcomes-route.ts';
import { addPerformanceRoute } from './routes/performance-route.ts';
import { addPredictRoutes } from './routes/predict-route.ts';
import { addRunbookRoutes } from './routes/runbook-route.ts';
import { addV2Routes } from './routes/v2-route.ts';
import type { Service } from './service.ts';

/** What `API_METRICS` adds to the public listener. */
const publicMetrics = { true: [addSummaryRoute], full: [addFullMetricsRoute], false: [] };

/** What the public listener has. */
export function publicRoutes({ outcomeTokens, config }: Service): AddRoutes[] {
  return [
    addPredictRoutes,
    addV2Routes,
    addModelsRoute,
    addHealthRoutes,
    addRootRoute,
    addPublicDocs,
    ...(outcomeTokens
      ? [createTokenObservationsRoute(outcomeTokens), createTokenOutcomesRoute(outcomeTokens)]
      : []),
    ...publicMetrics[config.API_METRICS === 'full' && !isScraped(config) ? 'true' : config.API_METRICS],
  ];
}

/** What the admin listener has. */
export const adminRoutes: readonly AddRoutes[] = [
  addHomeRoutes,
  addModelDetailsRoute,
  addRunbookRoutes,
  addPrometheusRoute,
  addDriftRoute,
  addFeatureRoute,
  addPerformanceRoute,
  addObservationsRoute,
  addOutcomesRoute,
  addHealthRoutes,
  addAdminDocs,
];

/** The API that clients see. */
export function createPublicApp(service: Service): Koa<RequestState> {
  return createApp(service, publicRoutes(service), observeRequest(service, service));
}

/**
 * What only the operator sees: on a separate listener, which counts nothing and logs only errors and batches of
 * observations.
 */
export function createAdminApp(service: Service): Koa<RequestState> {
  const observer: Observer = {
    httpMetrics: createHttpMetrics([]),
    logRequest: (entry) => {
      if (entry.status >= 400 || entry.event === 'observations') service.logRequest(entry);
    },
  };
  return createApp(service, adminRoutes, observeRequest(service, observer));
}
