import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { violations } from '../support/open-page.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { wideModel } from '../support/wide-model.ts';

const row = { age: 70, limit: 2000, history: 'none' };
const names = Array.from({ length: 200 }, (_, i) =>
  i % 10 === 0 ? `customer_lifetime_value_over_the_last_${i}_months` : `MonthlyCharges${i}`,
);

describe('the home page in a browser', () => {
  let browser: Browser;
  let service: TestService;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async function () {
    const executablePath = requireTool(this, 'chromium');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    folder = await temporaryFolder();
    await folder.write('wide.json', await wideModel(names));
    service = await startTestService({
      MODEL_PATH: `models/credit.json,${join(folder.path, 'wide.json')}`,
      DEFAULT_MODEL: 'credit',
      LOG_LEVEL: 'silent',
    });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  /** Opens the page, and collects what a browser has to complain of. */
  async function open(query = '', options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${service.admin}/${query}`);
    return { page, complaints, asked };
  }

  const send = (count: number) =>
    postJson(`${service.api}/predict`, Array<typeof row>(count).fill(row)).then(({ status }) =>
      assert.equal(status, 200),
    );
  /** 50 rows for the wide model, in which the features that are chosen are unlike the reference. */
  async function observe(isUnlike: (feature: number) => boolean) {
    const features = Object.fromEntries(names.map((name, i) => [name, isUnlike(i) ? 70 : 33]));
    const rows = Array.from({ length: 50 }, () => ({ features, score: 0.3 }));
    assert.equal((await postJson(`${service.admin}/models/wide/observations`, rows)).status, 202);
  }
  const headline = (page: Page) => page.locator('h1').textContent();
  const status = (page: Page) => page.locator('#live').textContent();
  const isLive = (page: Page) => eventually(async () => assert.equal(await status(page), '● Live'));

  it('shows what comes in without being loaded again, and asks for nothing but its updates', async () => {
    const { page, complaints, asked } = await open();
    await isLive(page);
    assert.match((await headline(page)) ?? '', /there are no requests/);
    await page.evaluate('document.title = "the very page"');
    for (let i = 0; i < 3; i++) await send(100);
    await eventually(async () => assert.match((await headline(page)) ?? '', /features? drifts? in the last/));
    assert.equal(await page.title(), 'the very page');
    assert.deepEqual(asked, ['/', '/updates']);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('leaves what the reader has opened as it is, and the page at its place', async () => {
    const isEighth = (feature: number) => feature % 8 === 0;
    for (let i = 0; i < 6; i++) await observe(isEighth);
    const { page, complaints } = await open('?model=wide');
    await isLive(page);
    assert.equal(await page.locator('.windows tbody tr').count(), 25);
    const others = page.locator('#others');
    await others.locator('summary').focus();
    await page.keyboard.press('Enter');
    const place = '[scrollY, document.querySelector("#others").open]';
    const before = await page.evaluate<[number, boolean]>(place);
    assert.ok(before[0] > 0 && before[1]);
    await observe(isEighth);
    await eventually(async () =>
      assert.match((await page.locator('.windows thead').textContent()) ?? '', /350 requests/),
    );
    assert.deepEqual(await page.evaluate(place), before);
    assert.equal(await page.evaluate('document.activeElement.textContent'), '176 more features');
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('moves the row of the feature that drifts most to the top, as the element that it was', async () => {
    const { page } = await open('?model=wide');
    await isLive(page);
    const first = page.locator('.windows tbody tr').first();
    assert.equal(await first.getAttribute('id'), 'variable-0');
    const row = 'document.querySelector("#variable-8")';
    await page.evaluate(`window.row = ${row}`);
    await observe((feature) => feature === 8);
    await eventually(async () => assert.equal(await first.getAttribute('id'), 'variable-8'));
    assert.match((await first.textContent()) ?? '', /MonthlyCharges8.*drifting/);
    assert.ok(await page.evaluate(`window.row === ${row}`));
    await page.close();
  });

  it('pauses while nobody sees it', async () => {
    const { page } = await open();
    await isLive(page);
    const hide = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    const counted = async () => (await page.locator('.facts dd').first().textContent()) ?? '';
    await hide(true);
    assert.equal(await status(page), 'Paused');
    const before = await counted();
    await send(1);
    const { page: other } = await open();
    const present = (await other.locator('.facts dd').first().textContent()) ?? '';
    assert.notEqual(present, before);
    assert.equal(await counted(), before);
    await hide(false);
    await isLive(page);
    assert.equal(await counted(), present);
    await Promise.all([page.close(), other.close()]);
  });

  it('says when it is no longer up to date, and goes on when the service is back', async () => {
    const { page } = await open();
    await isLive(page);
    await page.route('**/updates*', (route) => route.abort());
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.context().setOffline(true);
    await page.evaluate(
      `for (const hidden of [true, false]) { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) }`,
    );
    await eventually(async () => assert.equal(await status(page), 'Not connected: what you see may be old'));
    await page.context().setOffline(false);
    await page.unroute('**/updates*');
    await eventually(() => isLive(page), 20_000);
    await page.close();
  });

  it('is loaded again by a browser that runs no scripts', async () => {
    const { page } = await open('', { javaScriptEnabled: false });
    assert.equal(await page.locator('noscript meta').getAttribute('content'), '10');
    assert.match((await headline(page)) ?? '', /drift/);
    await page.close();
  });

  it('is accessible and fits, wide and narrow, light and dark, with 3 features and with 200', async () => {
    for (const [query, width, colorScheme] of [
      ['', 1280, 'light'],
      ['', 360, 'dark'],
      ['?model=wide', 1280, 'dark'],
      ['?model=wide', 360, 'light'],
    ] as const) {
      const what = `${query} ${width} px, ${colorScheme}`;
      const { page } = await open(query, { viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      await isLive(page);
      assert.deepEqual(await violations(page), [], what);
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })");
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      assert.ok(overflow <= 0, `${what}: ${overflow} px too wide`);
      await page.close();
    }
  });

  it('can be used by the keyboard alone: every link and every list has its turn and is seen', async () => {
    const { page } = await open('?model=wide');
    await isLive(page);
    const expected = await page.locator('a:visible, summary:visible').count();
    assert.ok(expected > 25, `${expected} links and lists`);
    await page.evaluate('window.reached = new Set()');
    for (let i = 0; i < expected; i++) {
      await page.keyboard.press('Tab');
      const { name, outline } = await page.evaluate<{ name: string; outline: string }>(
        '(reached.add(document.activeElement), { name: document.activeElement.outerHTML, outline: getComputedStyle(document.activeElement).outlineStyle })',
      );
      assert.equal(outline, 'solid', name);
    }
    const missed = `[...document.querySelectorAll('a, summary')].filter((one) => one.checkVisibility() && !reached.has(one)).map((one) => one.outerHTML)`;
    assert.deepEqual(await page.evaluate(missed), []);
    await page.close();
  });
});
