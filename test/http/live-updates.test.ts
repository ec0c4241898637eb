import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createLiveUpdates, type LiveUpdates, maxPages } from '../../src/http/home/live-updates.ts';
import { eventually, startTestService, type TestService } from '../support/service.ts';

/** Longer than an update takes to come. */
const updateMs = 2500;

describe('the updates of open pages', () => {
  let server: Server;
  let updates: LiveUpdates;
  let rendered: string[] = [];
  let errors: unknown[] = [];
  let content: (model: string) => string | undefined = (model) => model;
  const responses: ServerResponse[] = [];

  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    rendered = [];
    content = (model) => model;
    errors = [];
    updates = createLiveUpdates(
      async (model) => {
        rendered.push(model);
        return content(model);
      },
      (error) => errors.push(error),
    );
    server = createServer((request, response) => {
      responses.push(response);
      updates.add(response, request.url?.slice(1) ?? '');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    mock.timers.reset();
    updates.close();
    server.closeAllConnections();
    server.close();
  });

  /** Lets time pass until something is so. */
  const inTime = (check: () => void) =>
    eventually(() => {
      mock.timers.tick(updateMs);
      check();
    });

  /** A page that shows a model: what it was sent so far, and how to leave it. */
  async function open(model: string) {
    const leave = new AbortController();
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/${model}`, { signal: leave.signal });
    let text = '';
    let isEnded = false;
    const read = async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk);
    };
    read()
      .catch(() => {})
      .finally(() => {
        isEnded = true;
      });
    return { leave: () => leave.abort(), text: () => text, isEnded: () => isEnded };
  }

  it('are computed once for all pages of a model, and not at all while none is open', async () => {
    let count = 0;
    content = (model) => `${model}\n${count++}`;
    const pages = await Promise.all(Array.from({ length: 20 }, () => open('a')));
    const other = await open('b');
    for (const { text } of [...pages, other]) await inTime(() => assert.match(text(), /\n\n$/));
    rendered = [];
    await inTime(() => assert.ok(rendered.length >= 2));
    assert.deepEqual(rendered.slice(0, 2).sort(), ['a', 'b']);
    await inTime(() => {
      const last = pages.map(({ text }) => text().split('data: a\n').at(-1)?.replace('retry: 3000\n', ''));
      assert.equal(new Set(last).size, 1);
      assert.match(String(last[0]), /^data: \d+\n\n$/);
    });
    for (const { leave } of [...pages, other]) leave();
    await inTime(() => assert.equal(updates.pages, 0));
    const before = rendered.length;
    for (let i = 0; i < 3; i++) {
      mock.timers.tick(updateMs);
      await nextTurn();
    }
    assert.equal(rendered.length, before);
  });

  it('are sent where something has changed', async () => {
    const page = await open('a');
    const first = 'retry: 3000\ndata: a\n\n';
    await inTime(() => assert.equal(page.text(), first));
    await inTime(() => assert.ok(rendered.length >= 3));
    assert.equal(page.text(), first);
    content = () => 'one\ntwo';
    await inTime(() => assert.equal(page.text(), `${first}retry: 3000\ndata: one\ndata: two\n\n`));
  });

  it('end for a model that is gone, and at the stop', async () => {
    const [gone, stays] = [await open('a'), await open('b')];
    content = (model) => {
      if (model === 'a') return undefined;
      return model;
    };
    await inTime(() => assert.ok(gone.isEnded()));
    assert.ok(!stays.isEnded());
    updates.close();
    await inTime(() => assert.ok(stays.isEnded()));
    const late = await open('b');
    await inTime(() => assert.ok(late.isEnded()));
    await inTime(() => assert.equal(updates.pages, 0));
  });

  it('end where they cannot be computed, which is told once until they can be again', async () => {
    let isBroken = true;
    content = (model) => {
      if (isBroken) throw new Error('no figures');
      return model;
    };
    for (let times = 0; times < 3; times++) {
      const page = await open('a');
      await inTime(() => assert.ok(page.isEnded()));
    }
    assert.deepEqual(errors.map(String), ['Error: no figures']);
    isBroken = false;
    const page = await open('a');
    await inTime(() => assert.match(page.text(), /data: a\n/));
    isBroken = true;
    const last = await open('b');
    await inTime(() => assert.ok(last.isEnded()));
    assert.equal(errors.length, 2);
  });

  it('wait in memory for a client that does not read, one and no more', async () => {
    let count = 0;
    const long = 'x'.repeat(8 * 1024 * 1024);
    content = () => `${long}${count++}`;
    responses.length = 0;
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET /a HTTP/1.1\r\nhost: a\r\n\r\n');
    await inTime(() => assert.ok(rendered.length >= 3));
    assert.ok(responses[0].writableLength < 2 * long.length, `${responses[0].writableLength} bytes wait`);
    socket.destroy();
    await inTime(() => assert.equal(updates.pages, 0));
  });
});

describe('GET /updates of the admin listener', () => {
  let service: TestService;

  before(async () => {
    service = await startTestService({ SHUTDOWN_TIMEOUT_MS: '120000' });
  });
  after(() => service?.stop());

  it('keeps so many pages up to date, refuses more, and lets the service stop', async () => {
    const leave = new AbortController();
    const pages = await Promise.all(
      Array.from({ length: maxPages }, () => fetch(`${service.admin}/updates`, { signal: leave.signal })),
    );
    for (const { status, headers } of pages) {
      assert.equal(status, 200);
      assert.equal(headers.get('content-type'), 'text/event-stream');
      assert.equal(headers.get('cache-control'), 'no-store');
    }
    const refused = await fetch(`${service.admin}/updates`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '10');
    assert.match(((await refused.json()) as any).detail, /^32 pages are kept up to date already/);
    assert.equal((await fetch(service.admin)).status, 200);
    leave.abort();
    await eventually(async () => {
      const again = await fetch(`${service.admin}/updates`);
      assert.equal(again.status, 200);
      let text = '';
      for await (const chunk of again.body!) {
        text += Buffer.from(chunk);
        if (text.includes('data: ')) break;
      }
      assert.match(text, /^retry: 3000\ndata: <header>\n/);
    });
    assert.equal((await fetch(`${service.admin}/updates`, { method: 'HEAD' })).status, 200);
    assert.equal((await fetch(`${service.admin}/updates?model=none`)).status, 404);
    const open = await fetch(`${service.admin}/updates`);
    const closed = open.text();
    const startedMs = performance.now();
    assert.deepEqual(await service.signal('SIGTERM'), { code: 0, signal: null });
    // a page that the service does not leave would keep it for a minute
    assert.ok(performance.now() - startedMs < 20_000);
    await closed;
    assert.doesNotMatch(service.stderr(), /unexpected error/);
    assert.deepEqual(
      service.logLines().filter(({ level }) => level === 'error'),
      [],
    );
  });
});
