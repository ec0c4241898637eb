import Fastify from 'fastify';
import ort from 'onnxruntime-web';
import { createMetricsHandler, liveDrift, loadArtifact, watch } from 'vigia';

ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create('credit.onnx');

const tensor = (type, value) => new ort.Tensor(type, [value], [1, 1]);

const schema = {
  body: {
    type: 'object',
    required: ['income', 'age', 'employment'],
    properties: {
      income: { type: 'number' },
      age: { type: 'integer' },
      tenure: { type: ['number', 'null'] },
      employment: { type: 'string' },
      city: { type: ['string', 'null'] },
    },
  },
};

/** The probability of "bad". The model knows a missing number as NaN, and a missing text as the empty one. */
async function predict({ income, age, tenure, employment, city }) {
  const feeds = {
    income: tensor('float32', income),
    age: tensor('int64', BigInt(age)),
    tenure: tensor('float32', tenure ?? Number.NaN),
    employment: tensor('string', employment),
    city: tensor('string', city ?? ''),
  };
  const { probabilities } = await session.run(feeds, ['probabilities']);
  return probabilities.data[0];
}

const credit = watch(await loadArtifact('models/credit.json'));
const metrics = createMetricsHandler([credit.metrics]);
const app = Fastify();

app.register(async (routes) => {
  routes.register(credit.fastify({ row: (body) => body, score: (answer) => answer.p_bad }));
  routes.post('/credit', { schema }, async (request) => ({ p_bad: await predict(request.body) }));
});

app.get('/metrics', (request, reply) => {
  reply.hijack();
  metrics(request.raw, reply.raw);
});

app.get('/drift', async () =>
  liveDrift(credit.monitor, '1h').map(({ name, verdict, psi }) => ({ name, verdict, psi })),
);

console.log(`listening at ${await app.listen({ port: Number(process.env.PORT ?? 3000) })}`);
