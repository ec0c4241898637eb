import assert from 'node:assert/strict';
import { type Browser, chromium, type Page } from 'playwright-core';
import { violations } from '../support/open-page.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const token = 'token-of-the-page';

describe('the page of the API in a browser', () => {
  let browser: Browser;
  let service: TestService;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async function () {
    browser = await chromium.launch({
      executablePath: requireTool(this, 'chromium'),
      args: ['--no-sandbox'],
    });
    folder = await temporaryFolder();
    service = await startTestService({ OUTCOMES_TOKEN_FILE: await folder.write('token', token) });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  async function open(listener: 'api' | 'admin', options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => {
      // the browser tells of answers from 400 on by itself
      if (!message.text().includes('the server responded with a status of')) complaints.push(message.text());
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

  for (const [listener, name] of [
    ['api', 'public'],
    ['admin', 'admin'],
  ] as const) {
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
