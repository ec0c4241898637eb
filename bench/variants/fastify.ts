// F: Fastify with its metrics plug-in, which times every route; features and log lines are not watched.

import { fastify } from 'fastify';
import metrics from 'fastify-metrics';
import { faults, predict, type Row } from './model.ts';

const app = fastify();
await app.register(metrics.default, { endpoint: '/metrics' });
app.post('/predict', (request, reply) => {
  const { body } = request;
  const errors = faults(body);
  return errors.length > 0 ? reply.code(422).send({ errors }) : reply.send(predict(body as Row));
});
process.stderr.write(`API      ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
