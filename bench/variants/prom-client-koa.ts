// P: B with prom-client for metrics and pino for one log line a request, each as its README shows.

import { createServer } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { pino } from 'pino';
import { Counter, collectDefaultMetrics, Histogram, register } from 'prom-client';
import { announce } from './announce.ts';
import { faults, features, predict, type Row } from './model.ts';

const logger = pino();
collectDefaultMetrics();
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of requests',
  labelNames: ['method', 'route', 'status'],
});
const predictions = new Counter({
  name: 'model_predictions_total',
  help: 'Predictions by class',
  labelNames: ['prediction'],
});
const scores = new Histogram({ name: 'model_score', help: 'Scores' });
const values = new Histogram({
  name: 'model_feature_value',
  help: 'Values of numeric features',
  labelNames: ['feature'],
});
const categories = new Counter({
  name: 'model_feature_category_total',
  help: 'Values of categorical features',
  labelNames: ['feature', 'category'],
});

function observe(row: Row, prediction: string, score: number): void {
  predictions.inc({ prediction });
  scores.observe(score);
  for (const { name, kind } of features) {
    const value = row[name];
    if (kind === 'numeric') values.observe({ feature: name }, value as number);
    else categories.inc({ feature: name, category: value as string });
  }
}

const router = new Router();
router.post('/predict', (context) => {
  const { body } = context.request;
  const errors = faults(body);
  if (errors.length > 0) {
    context.status = 422;
    context.body = { errors };
  } else {
    const answer = predict(body as Row);
    observe(body as Row, answer.prediction, answer.score);
    logger.info({ event: 'predict', payload: body, ...answer });
    context.body = answer;
  }
});
router.get('/metrics', async (context) => {
  context.type = register.contentType;
  context.body = await register.metrics();
});

const app = new Koa();
app.use(async (context, next) => {
  const end = durations.startTimer();
  await next();
  end({ method: context.method, route: String(context._matchedRoute ?? ''), status: context.status });
});
app.use(bodyParser());
app.use(router.routes());
app.use(router.allowedMethods());
announce(createServer(app.callback()));
