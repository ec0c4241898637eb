import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { violations } from '../support/open-page.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { wideModel } from '../support/wide-model.ts';

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** The credit model, with limits that may be missing and ages that are nobody's business. */
async function discreetModel(): Promise<string> {
  const { version: _, ...credit } = await loadArtifact('models/credit.json');
  const predictor = credit.predictor as any;
  const content: Omit<Artifact, 'version'> = {
    ...credit,
    features: credit.features.map((feature) =>
      feature.name === 'limit' && feature.kind === 'numeric' ? { ...feature, nullable: true } : feature,
    ),
    sensitive: ['age'],
    predictor: {
      ...predictor,
      features: predictor.features.map((one: any, i: number) =>
        i === 1 ? { ...one, missingLogOdds: 0 } : one,
      ),
    },
  };
  return formatArtifact(sealArtifact(content));
}

describe('the pages of the admin listener', function () {
  this.timeout(90_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: TestService;

  before(async () => {
    folder = await temporaryFolder();
    const path = join(folder.path, 'discreet.json');
    await writeFile(path, await discreetModel());
    service = await startTestService({ MODEL_PATH: path, OUTCOME_MATURITY_DAYS: '0' });
  });
  after(async () => {
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const get = (path: string, headers: Record<string, string> = html) =>
    fetch(new URL(path, service.admin), { headers });
  const text = async (path: string) => (await (await get(path)).text()).replace(/<style>.*<\/style>/s, '');

  /** Outcomes are reported of all rows. */
  async function send(count: number, change: (row: Record<string, unknown>, i: number) => object) {
    const ages = [22, 25, 27, 29, 32, 35, 38, 42, 48, 60];
    for (let i = 0; i < count; i++) {
      const row = {
        age: ages[i % 10],
        limit: 800 + ((i * 977) % 6000),
        history: i % 2 === 0 ? 'none' : 'paid',
      };
      const { status, body } = await postJson(`${service.api}/predict`, change(row, i));
      assert.equal(status, 200, JSON.stringify(body));
      const outcome = i % 4 === 0 ? 'bad' : 'good';
      await postJson(`${service.admin}/outcomes`, { id: body.id, outcome });
    }
  }

  const pages = ['/drift', '/performance', '/features/limit', '/features/history', '/features/(score)'];

  async function checkInBrowser(
    browser: Browser,
    admin: string,
    paths: readonly string[],
    views: readonly (readonly [width: number, scheme: 'light' | 'dark'])[] = [
      [1280, 'light'],
      [360, 'dark'],
    ],
  ) {
    for (const [width, colorScheme] of views) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      // what axe adds is held to the policy as well
      const checked = await browser.newPage({
        viewport: { width, height: 800 },
        colorScheme,
        bypassCSP: true,
      });
      for (const path of paths) {
        const what = `${path}, ${width} px, ${colorScheme}`;
        await page.goto(new URL(path, admin).href);
        assert.deepEqual(complaints, [], what);
        await checked.goto(new URL(path, admin).href);
        await checked.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
        assert.deepEqual(await violations(checked), [], what);
        const overflow = await checked.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        assert.ok(overflow <= 0, `${what}: ${overflow} px too wide`);
      }
      await page.close();
      await checked.close();
    }
  }

  async function withBrowser(context: Mocha.Context, run: (browser: Browser) => Promise<void>) {
    const executablePath = requireTool(context, 'chromium');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      await run(browser);
    } finally {
      await browser.close();
    }
  }

  it('give a program JSON and a browser a page', async () => {
    for (const path of ['/drift', '/performance']) {
      for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.9']) {
        const answer = await get(path, { accept });
        assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', accept);
        assert.equal(answer.headers.get('vary'), 'Accept');
        await answer.json();
      }
      const page = await get(path);
      assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.equal(page.headers.get('vary'), 'Accept');
      assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe/);
    }
    assert.equal((await get('/features/nothing')).status, 404);
  });

  it('say so before there is anything to show', async function () {
    assert.match(await text('/drift'), /Cannot tell yet: there are no requests\./);
    assert.match(
      await text('/performance'),
      /Cannot tell whether it does as well as promised: there are no outcomes/,
    );
    const feature = await text('/features/limit');
    assert.match(feature, /limit cannot be judged yet: there are no requests/);
    assert.doesNotMatch(feature, /<path class="live"/);
    await withBrowser(this, (browser) =>
      checkInBrowser(browser, service.admin, ['/performance', '/features/limit']),
    );
  });

  it('show a unit that has changed, and that estimates are not to be trusted', async function () {
    await send(400, (row, i) => ({ ...row, limit: i % 40 === 0 ? null : 1000 * Number(row.limit) }));
    const drift = await text('/drift');
    assert.match(drift, /about 1,000 times the usual values: another unit\?/);
    const feature = await text('/features/limit');
    assert.match(
      feature,
      /<h1 class="drifting">.*limit drifts in the last 10 minutes, about 1,000 times the usual values: another unit\?<\/h1>/,
    );
    assert.match(
      feature,
      /<th scope="row">Median<\/th><td class="n">[\d,]+<\/td><td class="n">[\d,]+ or more<\/td>/,
    );
    assert.match(feature, /<b>[\d,]{7,}<\/b> <span class="quiet">above the range/);
    assert.match(feature, /<b>no value<\/b> <span class="quiet">missing/);
    const performance = await text('/performance');
    assert.match(performance, /<strong>Not to be trusted:<\/strong> the estimates/);
    assert.match(performance, /of limit lies outside the range of the reference/);
    assert.match(
      performance,
      /old enough \(100\s%\): 100\s% of those predicted ‘\w+’(, 100\s% of those predicted ‘\w+’)?\./,
    );
    const [told] = ((await (await get('/performance', { accept: '*/*' })).json()) as any).models;
    const expected = told.comparedWith.rocAuc.value.toFixed(3);
    assert.notEqual(told.evaluation.rocAuc.value.toFixed(3), expected);
    assert.match(performance, new RegExp(`<th scope="row">ROC AUC</th><td class="n">${expected} `));
    const { windows } = (await (await get('/drift', { accept: '*/*' })).json()) as any;
    const limit = windows['10m'].features.find(({ name }: { name: string }) => name === 'limit');
    assert.equal(limit.unit.factor, 1000);
    const metrics = await (await get('/metrics')).text();
    assert.match(metrics, /^model_feature_unit_factor\{[^}]*feature="limit",window="10m"\} 1000$/m);
    await withBrowser(this, (browser) => checkInBrowser(browser, service.admin, pages));
  });

  it('tell of rows no more than samples do', async () => {
    const feature = await text('/features/limit');
    assert.match(feature, /<dt>age<\/dt><dd class="value">\[redacted\]<\/dd>/);
    const age = await text('/features/age');
    assert.match(age, /Not told: the model calls age sensitive\./);
    await send(1, (row) => ({ ...row, age: 120 }));
    assert.doesNotMatch(await text('/features/age'), /above the range/);
  });

  it('link each other, and lead nowhere that is not', async () => {
    for (const path of pages) {
      for (const [, target] of (await text(path)).matchAll(/href="([^"#]+)"/g)) {
        assert.equal((await get(target)).status, 200, `${path}: ${target}`);
      }
    }
  });

  it('have room for 200 features with long names', async function () {
    const names = Array.from(
      { length: 200 },
      (_, i) => `${'annual/income?before'.repeat(i === 0 ? 4 : 1)} ${i}`,
    );
    const path = join(folder.path, 'wide.json');
    await writeFile(path, await wideModel(names));
    const wide = await startTestService({ MODEL_PATH: path });
    try {
      const features = Object.fromEntries(names.map((name) => [name, 33]));
      const { status, body } = await postJson(
        `${wide.admin}/observations`,
        Array.from({ length: 300 }, () => ({ features, score: 0.3 })),
      );
      assert.equal(status, 202, JSON.stringify(body));
      const first = `/features/${encodeURIComponent(names[0])}`;
      assert.equal((await fetch(new URL(first, wide.admin))).status, 200);
      await withBrowser(this, (browser) =>
        checkInBrowser(browser, wide.admin, ['/drift', first], [[360, 'light']]),
      );
    } finally {
      await wide.stop();
    }
  });
});
