import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { scrape } from '../support/load.ts';
import { postJson, readJsonLines, startTestService, type TestService } from '../support/service.ts';
import { type FuzzRequest, fuzzRequests, type OpenApi } from './requests.ts';

const numRuns = Number(process.env.FUZZ_REQUESTS ?? 2000);
const row = { age: 30, limit: 2000, history: 'good' };
const token = 'a-token-for-the-fuzzer-0123456789abcdef';
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '_OTHER'];

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

describe(`${numRuns} requests drawn from the OpenAPI document and around it`, function () {
  this.timeout(30_000 + numRuns * 100);
  let service: TestService;
  let document: OpenApi;
  let agent: Agent;
  let id: string;
  let answered = 0;
  const statuses: Record<number, number> = {};

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, token);
    service = await startTestService({ OUTCOMES_TOKEN_FILE: tokenFile }, folder);
    document = (await (await fetch(`${service.api}/openapi.json`)).json()) as OpenApi;
    id = (await postJson(`${service.api}/predict`, row)).body.id;
    agent = new Agent({ keepAlive: true });
  });
  after(async () => {
    agent.destroy();
    await service.stop();
  });

  it('get an answer that the document describes, and no 5xx', async () => {
    const before = labelValues(await scrape(service));
    const check = createCheck(document);
    const property = fc.asyncProperty(
      fuzzRequests(document, { authorization: `Bearer ${token}` }, [id, 'good', 'bad']),
      async (fuzz) => {
        const answer = await send(fuzz);
        answered++;
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        check(fuzz, answer);
      },
    );
    await fc.assert(property, {
      numRuns,
      interruptAfterTimeLimit: numRuns * 100,
      markInterruptAsFailure: true,
    });
    assert.ok(answered >= numRuns);
    console.log(`        ${JSON.stringify(statuses)}`);
    for (const status of [200, 202, 400, 401, 404, 405, 415, 422]) {
      assert.ok(
        (statuses[status] ?? 0) > 0,
        `none was answered with ${status}: the requests do not come far`,
      );
    }

    const known = new Set([...before, ...expectedLabels(document)]);
    const unknown = [...labelValues(await scrape(service))].filter((label) => !known.has(label));
    assert.deepEqual(unknown, [], 'no label has a value that a client made up');
  });

  it('leave the service intact: no error in its log, no output on its standard error, every line complete', async () => {
    assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
    const { code } = await service.signal('SIGTERM');
    assert.equal(code, 0);
    const faults = service.logLines().filter(({ event, level }) => event === 'error' || Number(level) >= 50);
    assert.deepEqual(faults, []);
    assert.match(service.stderr().trimEnd(), /\nTry {6}curl [^\n]*$/);
    const predictions = service.logLines().reduce((sum, { event, duplicate, accepted, rows }) => {
      const observed = event === 'observations' && !duplicate ? Number(accepted) : 0;
      return sum + (event === 'predict' ? Number(rows ?? 1) : observed);
    }, 0);
    assert.equal((await readJsonLines(service.samplesPath)).length, predictions);
  });

  function send({ method, path, headers, body }: FuzzRequest): Promise<Answer> {
    const { hostname, port } = new URL(service.api);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          hostname,
          port,
          method,
          path: path.replaceAll(' ', '%20'),
          headers: { ...headers, 'content-length': body.length },
          agent,
        },
        async (response) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: await text(response),
          }),
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
});

/** Holds an answer to what the document says of the path and method, or to the form of problems where it says nothing. */
function createCheck(document: OpenApi): (request: FuzzRequest, answer: Answer) => void {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction>();
  const validator = (pointer: string) => {
    const found = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, found);
    return found;
  };
  const pointerToken = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

  return ({ method, path }, { status, headers, body }) => {
    assert.ok(status < 500, `${status}: ${body}`);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
    // a target that is neither a path nor a URL is refused before the request has an id
    if (path !== '*') assert.ok(headers['x-request-id']);
    const type = headers['content-type']?.split(';', 1)[0];
    const [known] = path.split('?', 1);
    const operation = document.paths[known]?.[method.toLowerCase()];
    if (operation) assert.ok(status in operation.responses, `${method} ${known} may not answer ${status}`);
    if (method === 'HEAD' || status === 204) {
      assert.equal(body, '');
      return;
    }
    if (status >= 400) {
      assert.equal(type, 'application/problem+json');
      const problem = JSON.parse(body);
      assert.equal(problem.status, status);
      assert.equal(problem.requestId, headers['x-request-id']);
      const isProblem = validator('/components/schemas/Problem');
      assert.ok(isProblem(problem), JSON.stringify(isProblem.errors));
    } else {
      assert.ok(operation, `${method} ${path} is not described, and was answered with ${status}`);
      const media = operation.responses[status].content ?? {};
      assert.ok(type !== undefined && type in media, `${type} is not described`);
      if (type !== 'application/json') return;
      const pointer = ['paths', known, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
      const isValid = validator(`/${pointer.map((part) => pointerToken(String(part))).join('/')}`);
      assert.ok(isValid(JSON.parse(body)), `${body}: ${JSON.stringify(isValid.errors)}`);
    }
  };
}

/** Every label with its value, of the metrics that requests can touch. */
function labelValues(exposition: string): Set<string> {
  const found = new Set<string>();
  for (const line of exposition.split('\n')) {
    if (line.startsWith('#') || line.startsWith('v8js_') || line.startsWith('nodejs_')) continue;
    for (const [label] of line.matchAll(/[a-z_]+="(?:[^"\\]|\\.)*"/g)) found.add(label);
  }
  return found;
}

/** Routes of one version of a model; their counts begin with the first request. */
const versionRoutes = ['', '/ready'].map((rest) => `/v2/models/:name/versions/:version${rest}`);

/** What requests may add: methods and routes of fixed lists, and statuses. */
function expectedLabels({ paths }: OpenApi): string[] {
  return [
    ...methods.map((method) => `http_request_method="${method}"`),
    ...['', ...Object.keys(paths), ...versionRoutes].map((path) => `http_route="${path}"`),
    ...[200, 202, 204, 400, 401, 404, 405, 408, 413, 415, 422].map(
      (status) => `http_response_status_code="${status}"`,
    ),
  ];
}
