import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type AddRoutes, createApp } from '../../src/http/app.ts';
import { type Listener, listen } from '../../src/http/listener.ts';
import { type Observed, type Observer, observeRequest } from '../../src/http/observe-request.ts';
import { sendJson } from '../../src/http/send.ts';
import { createHttpMetrics } from '../../src/telemetry/http-metrics.ts';
import type { RequestEntry } from '../../src/telemetry/request-log.ts';

type Answer = { status: number; reason: string; allow: string | undefined; type: string; text: string };

describe('routes with parameters', () => {
  const httpMetrics = createHttpMetrics([]);
  const logged: RequestEntry[] = [];
  const service: Observed & Observer = {
    state: 'ready',
    httpMetrics,
    logRequest: (entry) => logged.push(entry),
    onError: () => {},
    callerTrace: () => undefined,
  };
  let listener: Listener;

  before(async () => {
    const addRoutes: AddRoutes<unknown> = (router) => {
      router.get('/models/current', (context) => sendJson(context, '"the current one"'));
      router.get('/models/:name', (context) => sendJson(context, JSON.stringify(context.params)));
      router.post('/models/:name', (context) => sendJson(context, '"replaced"', 202));
      router.post('/models/:name/predict', () => {
        throw new Error('broken');
      });
    };
    const app = createApp(service, [addRoutes], observeRequest(service, service));
    listener = await listen(app, {
      host: '127.0.0.1',
      port: 0,
      keepAliveTimeoutMs: 65_000,
      sample: () => false,
    });
  });
  after(async () => {
    const drained = listener.drain();
    listener.destroy();
    await drained;
  });

  const send = (method: string, path: string) =>
    new Promise<Answer>((resolve, reject) => {
      const outgoing = request(listener.url + path, { method, agent: false }, async (response) => {
        const { statusCode: status = 0, statusMessage: reason = '', headers } = response;
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        resolve({ status, reason, allow: headers.allow, type: headers['content-type'] ?? '', text });
      });
      outgoing.on('error', reject).end();
    });

  it('hand the parameters over, decoded', async () => {
    const { status, text } = await send('GET', '/models/credit%20risk');
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(text), { name: 'credit risk' });
  });

  it('leave a parameter that is not valid percent-encoding as it is', async () => {
    assert.deepEqual(JSON.parse((await send('GET', '/models/100%25%')).text), { name: '100%25%' });
  });

  const both = 'HEAD, GET, POST, OPTIONS';
  const cases: [string, string, number, string, string?][] = [
    ['GET', '/models/current', 200, '/models/current'],
    ['GET', '/models/a', 200, '/models/:name'],
    ['HEAD', '/models/a', 200, '/models/:name'],
    ['GET', '/models/a?x=/models/b', 200, '/models/:name'],
    ['POST', '/models/a', 202, '/models/:name'],
    // another route has this very path, but not the method
    ['POST', '/models/current', 202, '/models/:name'],
    ['DELETE', '/models/current', 405, '/models/current', both],
    ['POST', '/models/a/predict', 500, '/models/:name/predict'],
    ['DELETE', '/models/a', 405, '/models/:name', both],
    ['PROPFIND', '/models/a', 405, '/models/:name', both],
    ['OPTIONS', '/models/a', 204, '/models/:name', both],
    ['GET', '/models/a/predict', 405, '/models/:name/predict', 'POST, OPTIONS'],
    ['GET', '/models/', 404, ''],
    ['GET', '/models/a/', 404, ''],
    ['GET', '/Models/a', 404, ''],
    ['OPTIONS', '/nowhere', 404, ''],
    ['PROPFIND', '/nowhere', 404, ''],
  ];
  const reasons: Record<number, string> = {
    200: 'OK',
    202: 'Accepted',
    204: 'No Content',
    404: 'Not Found',
    405: 'Method Not Allowed',
    500: 'Internal Server Error',
  };
  for (const [method, path, status, route, allow] of cases) {
    it(`${method} ${path}: ${status}, counted and logged under ${route || 'no route'}`, async () => {
      const answer = await send(method, path);
      assert.equal(answer.status, status);
      assert.equal(answer.reason, reasons[status]);
      assert.equal(answer.allow, allow);
      if (status >= 400) {
        assert.equal(answer.type, 'application/problem+json');
        assert.equal(JSON.parse(answer.text).status, status);
      }
      assert.equal(logged.at(-1)?.route, route);
      const counted = httpMetrics.series.filter((one) => one.status === status && one.route === route);
      assert.ok(counted.length > 0);
    });
  }

  it('never make a label of a path', () => {
    const routes = new Set(httpMetrics.series.map(({ route }) => route));
    assert.deepEqual([...routes].sort(), ['', '/models/:name', '/models/:name/predict', '/models/current']);
  });
});
