// N and N10: B with `--require @opentelemetry/auto-instrumentations-node/register` and the loader hook that ES modules need,
// and its predictions counted with the SDK's counters and histograms: the usual way.

import { createServer } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { metrics } from '@opentelemetry/api';
import Koa from 'koa';
import { announce } from './announce.ts';
import { faults, features, predict, type Row } from './model.ts';

const meter = metrics.getMeter('model');
const predictions = meter.createCounter('model.predictions');
const scores = meter.createHistogram('model.score');
const values = meter.createHistogram('model.feature.value');
const categories = meter.createCounter('model.feature.category');

function observe(row: Row, prediction: string, score: number): void {
  predictions.add(1, { prediction });
  scores.record(score);
  for (const { name, kind } of features) {
    const value = row[name];
    if (kind === 'numeric') values.record(value as number, { feature: name });
    else categories.add(1, { feature: name, category: value as string });
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
    context.body = answer;
  }
});

const app = new Koa();
app.use(bodyParser());
app.use(router.routes());
app.use(router.allowedMethods());
announce(createServer(app.callback()));
