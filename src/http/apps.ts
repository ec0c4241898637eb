import type Koa from 'koa';
import { createHttpMetrics } from '../telemetry/http-metrics.ts';
import { createApp } from './app.ts';
import { type Observer, observeRequest } from './observe-request.ts';
import type { RequestState } from './request-context.ts';
import { addAdminPage } from './routes/admin-page.ts';
import { addDriftRoute } from './routes/drift-route.ts';
import { addHealthRoutes } from './routes/health-route.ts';
import { addFullMetricsRoute, addPrometheusRoute, addSummaryRoute } from './routes/metrics-route.ts';
import { addModelDetailsRoute, addModelsRoute } from './routes/models-route.ts';
import { addObservationsRoute, createTokenObservationsRoute } from './routes/observations-route.ts';
import { addOpenApiRoute } from './routes/openapi-route.ts';
import { addOutcomesRoute, createTokenOutcomesRoute } from './routes/outcomes-route.ts';
import { addPerformanceRoute } from './routes/performance-route.ts';
import { addPredictRoutes } from './routes/predict-route.ts';
import { addV2Routes } from './routes/v2-route.ts';
import type { Service } from './service.ts';

/** What `API_METRICS` puts on the public listener. */
const publicMetrics = { true: [addSummaryRoute], full: [addFullMetricsRoute], false: [] };

/** The API that clients see. */
export function createPublicApp(service: Service): Koa<RequestState> {
  return createApp(
    service,
    [
      addPredictRoutes,
      addV2Routes,
      addModelsRoute,
      addHealthRoutes,
      addOpenApiRoute,
      ...(service.outcomeTokens
        ? [
            createTokenObservationsRoute(service.outcomeTokens),
            createTokenOutcomesRoute(service.outcomeTokens),
          ]
        : []),
      ...publicMetrics[service.config.API_METRICS],
    ],
    observeRequest(service, service),
  );
}

/**
 * What only the operator sees: on a listener of its own, which counts nothing and logs only what goes wrong, and batches
 * of observations.
 */
export function createAdminApp(service: Service): Koa<RequestState> {
  const observer: Observer = {
    httpMetrics: createHttpMetrics([]),
    logRequest: (entry) => {
      if (entry.status >= 400 || entry.event === 'observations') service.logRequest(entry);
    },
  };
  return createApp(
    service,
    [
      addAdminPage,
      addModelDetailsRoute,
      addPrometheusRoute,
      addDriftRoute,
      addPerformanceRoute,
      addObservationsRoute,
      addOutcomesRoute,
      addHealthRoutes,
    ],
    observeRequest(service, observer),
  );
}
