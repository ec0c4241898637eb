// B: Koa, its router and its body parser, validation and scoring; nothing else.

import { createServer } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { announce } from './announce.ts';
import { faults, predict, type Row } from './model.ts';

const router = new Router();
router.post('/predict', (context) => {
  const { body } = context.request;
  const errors = faults(body);
  if (errors.length > 0) {
    context.status = 422;
    context.body = { errors };
  } else {
    context.body = predict(body as Row);
  }
});

const app = new Koa();
app.use(bodyParser());
app.use(router.routes());
app.use(router.allowedMethods());
announce(createServer(app.callback()));
