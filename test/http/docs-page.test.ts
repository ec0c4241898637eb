import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { exampleId } from '../../src/http/openapi/parts.ts';
import { problems } from '../../src/http/problem.ts';
import { violations } from '../support/open-page.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const token = 'token-of-the-page';
const row = { age: 30, limit: 2000, history: 'good' };

describe('the page of the API', function () {
  this.timeout(60_000);
  let service: TestService;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    folder = await temporaryFolder();
    service = await startTestService({ OUTCOMES_TOKEN_FILE: await folder.write('token', token) });
  });
  after(async () => {
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const listeners: ['api' | 'admin', string][] = [
    ['api', 'public'],
    ['admin', 'admin'],
  ];
  for (const [listener, name] of listeners) {
    it(`has all that the document of the ${name} listener has`, async () => {
      const base = service[listener];
      const { paths, components } = (await (await fetch(`${base}/openapi.json`)).json()) as any;
      const response = await fetch(`${base}/docs`);
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
      const text = await response.text();
      for (const [path, methods] of Object.entries(paths)) {
        for (const method of Object.keys(methods as object)) {
          assert.ok(text.includes(`id="${method}-${path.slice(1)}"`), `${method} ${path}`);
        }
      }
      for (const schema of Object.keys(components.schemas)) {
        assert.ok(text.includes(`id="schema-${schema}"`), schema);
      }
      for (const key of Object.keys(problems)) assert.ok(text.includes(`id="problem-${key}"`), key);
      const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      for (const [, target] of text.matchAll(/ href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
    });

    it(`loads nothing, and runs the one script that its policy names: ${name}`, async () => {
      const response = await fetch(`${service[listener]}/docs`);
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none';/);
      assert.match(policy, /; script-src 'sha256-[^']+'; connect-src 'self'$/);
      assert.doesNotMatch(policy, /unsafe/);
      const text = await response.text();
      assert.equal(text.match(/<script/g)?.length, 1);
      assert.doesNotMatch(text, / (?:src|style|on\w+)="/);
      assert.doesNotMatch(text, / href="(?![#/])/);
    });
  }

  it('is where the public listener sends a browser, while a program is told where to look', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const led = await fetch(`${service.api}/`, { headers: { accept }, redirect: 'manual' });
    assert.equal(led.status, 303);
    assert.equal(led.headers.get('location'), '/docs');
    for (const program of ['*/*', 'application/json']) {
      const { status, headers } = await fetch(`${service.api}/`, { headers: { accept: program } });
      assert.equal(status, 404);
      assert.equal(headers.get('content-type'), 'application/problem+json');
    }
  });

  it('says where outcomes go where the listener does not take them', async () => {
    const other = await startTestService();
    try {
      const text = await (await fetch(`${other.api}/docs`)).text();
      assert.match(text, /<code>POST \/outcomes<\/code> of the admin listener/);
      assert.doesNotMatch(text, /id="post-outcomes"/);
    } finally {
      await other.stop();
    }
  });

  describe('its programs', () => {
    const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
    async function programs(listener: 'api' | 'admin', id: string): Promise<Record<string, string>> {
      const text = await (await fetch(`${service[listener]}/docs`)).text();
      const [, section] = text.split(` id="${id}"`);
      return Object.fromEntries(
        [...section.split('</details>', 1)[0].matchAll(/<h4>(.*?)<\/h4><pre[^>]*>(.*?)<\/pre>/gs)].map(
          ([, name, code]) => [
            name,
            code.replaceAll(/<[^>]+>/g, '').replaceAll(/&(#?\w+);/g, (_, entity) => entities[entity]),
          ],
        ),
      );
    }
    const env = { ...process.env, TOKEN: token };
    const runners: [
      string,
      'curl' | 'python' | 'node',
      (program: string, code: string) => [string, string[]],
    ][] = [
      ['curl', 'curl', (_, code) => ['sh', ['-c', code]]],
      ['Python', 'python', (program, code) => [program, ['-c', code]]],
      ['JavaScript', 'node', (_, code) => [process.execPath, ['--input-type=module', '-e', code]]],
    ];
    for (const [language, tool, command] of runners) {
      it(`predict, observe and report outcomes as they stand: ${language}`, async function () {
        const program = tool === 'node' ? '' : requireTool(this, tool);
        const start = async (code: string) => (await run(...command(program, code), { env })).stdout;
        assert.match(
          await start((await programs('api', 'post-predict'))[language]),
          /prediction.*score.*id/s,
        );
        for (const listener of ['api', 'admin'] as const) {
          const observe = (await programs(listener, 'post-observations'))[language];
          assert.match(await start(observe), /accepted['"]?: ?1\b.*ids/s);
          const { body } = await postJson(`${service.api}/predict`, row);
          const report = (await programs(listener, 'post-outcomes'))[language];
          assert.ok(report.includes(exampleId));
          assert.match(await start(report.replaceAll(exampleId, body.id)), /accepted['"]?: ?1\b/);
        }
      });
    }
  });

  describe('in a browser', () => {
    let browser: Browser;
    before(async function () {
      browser = await chromium.launch({
        executablePath: requireTool(this, 'chromium'),
        args: ['--no-sandbox'],
      });
    });
    after(() => browser?.close());

    async function open(listener: 'api' | 'admin', options: Parameters<Browser['newPage']>[0] = {}) {
      const page = await browser.newPage(options);
      const complaints: string[] = [];
      page.on('console', (message) => {
        // the browser tells of answers from 400 on by itself
        if (!message.text().includes('the server responded with a status of'))
          complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(service[listener])) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(`${service[listener]}/docs`);
      return { page, complaints };
    }

    /** Opens an operation by its link or its line, sends its form and gives what the page shows. */
    async function send(page: Page, id: string): Promise<{ status: string; headers: string; text: string }> {
      const form = page.locator(`[id="${id}"] form`);
      await form.locator('.answer').evaluate((answer) => answer.replaceChildren());
      await form.getByRole('button', { name: 'Send' }).click();
      const read = (name: string) => form.locator(`.answer .${name}`).innerText();
      return { status: await read('status'), headers: await read('headers'), text: await read('text') };
    }
    const openOperation = (page: Page, path: string) =>
      page
        .locator('summary', { has: page.locator(`code:text-is("${path}")`) })
        .first()
        .click();

    it('sends a prediction and its outcome, whose id it fills in, with a token that it does not keep', async () => {
      const { page, complaints } = await open('api');
      await page.getByRole('link', { name: 'POST /predict' }).click();
      const predicted = await send(page, 'post-predict');
      assert.match(predicted.status, /^200 OK, after \d+ ms$/);
      assert.match(predicted.headers, /^content-type: application\/json; charset=utf-8\nx-request-id: \S+$/);
      const { id } = JSON.parse(predicted.text);
      await openOperation(page, '/outcomes');
      const refused = await send(page, 'post-outcomes');
      assert.match(refused.status, /^401 Unauthorized/);
      assert.match(refused.headers, /www-authenticate: Bearer/);
      assert.equal(JSON.parse(refused.text).type, 'urn:vigia:problem:unauthorized');
      await page.locator('[id="post-outcomes"] input[type=password]').fill(token);
      const reported = await send(page, 'post-outcomes');
      assert.match(reported.status, /^202 Accepted/);
      assert.equal(JSON.parse(reported.text).accepted, 1);
      assert.ok((await page.locator('[id="post-outcomes-body"]').inputValue()).includes(id));
      assert.equal(
        await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length'),
        0,
      );
      await page.reload();
      assert.equal(await page.locator('[id="post-outcomes"] input[type=password]').inputValue(), '');
      assert.deepEqual(complaints, []);
      await page.close();
    });

    it('sends parameters, and takes another example of the body', async () => {
      const { page, complaints } = await open('admin');
      await openOperation(page, '/observations');
      const choice = page.locator('[id="post-observations-choice"]');
      await choice.selectOption({ index: 2 });
      await page.locator('[id="post-observations-ids"]').selectOption('false');
      const { status, text } = await send(page, 'post-observations');
      assert.match(status, /^202/);
      assert.deepEqual(JSON.parse(text), { accepted: 2, invalid: [] });
      await openOperation(page, '/metrics');
      assert.match((await send(page, 'get-metrics')).text, /^# HELP/);
      await openOperation(page, '/updates');
      assert.match((await send(page, 'get-updates')).headers, /^content-type: text\/event-stream/);
      await openOperation(page, '/runbook/{name}');
      await page.locator('[id="get-runbook/{name}-name"]').fill('drift');
      assert.match((await send(page, 'get-runbook/{name}')).status, /^200/);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    it('names the address that it came from', async () => {
      const { page } = await open('api');
      const { port } = new URL(service.api);
      await page.goto(`http://localhost:${port}/docs`);
      await page.getByRole('link', { name: 'POST /predict' }).click();
      const code = await page.locator('[id="post-predict"] h4 + pre').first().innerText();
      assert.ok(code.startsWith(`curl http://localhost:${port}/predict`), code);
      await page.close();
    });

    it('can be used by keyboard alone', async () => {
      const { page } = await open('api');
      const focused = (selector: string) =>
        page.evaluate<boolean>(`document.activeElement.matches('${selector}')`);
      for (let i = 0; !(await focused('summary')); i++) {
        assert.ok(i < 10);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      for (let i = 0; !(await focused('button')); i++) {
        assert.ok(i < 10);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      assert.match(await page.locator('[id="post-predict"] .status').innerText(), /^200 OK/);
      await page.close();
    });

    it('reads without scripts, and shows no form then', async () => {
      const { page } = await open('api', { javaScriptEnabled: false });
      await openOperation(page, '/predict');
      assert.ok(await page.locator('[id="post-predict"] pre').first().isVisible());
      assert.equal(await page.getByRole('button', { name: 'Send' }).count(), 0);
      assert.ok(await page.getByText('Without scripts this page cannot send requests').isVisible());
      await page.close();
    });

    for (const [listener, name] of listeners) {
      it(`is accessible, wide and narrow, light and dark: ${name}`, async () => {
        for (const [width, colorScheme] of [
          [1280, 'light'],
          [360, 'dark'],
        ] as const) {
          const viewport = { width, height: 800 };
          const { page } = await open(listener, { viewport, colorScheme, bypassCSP: true });
          // one of each kind: all of them together take axe many seconds
          for (const path of ['/observations', '/ready']) await openOperation(page, path);
          await openOperation(page, 'Receipt');
          assert.deepEqual(await violations(page), [], `${width} px, ${colorScheme}`);
          await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          assert.ok(overflow <= 0, `${overflow} px too wide`);
          await page.close();
        }
      });
    }
  });
});
