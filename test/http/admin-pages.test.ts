import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { discreetModel, sendRows } from './discreet-model.ts';

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

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

  const pages = ['/drift', '/performance', '/features/limit', '/features/history', '/features/(score)'];

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

  it('say so before there is anything to show', async () => {
    assert.match(await text('/drift'), /Cannot tell yet: there are no requests\./);
    assert.match(
      await text('/performance'),
      /Cannot tell whether it does as well as promised: there are no outcomes/,
    );
    const feature = await text('/features/limit');
    assert.match(feature, /limit cannot be judged yet: there are no requests/);
    assert.doesNotMatch(feature, /<path class="live"/);
  });

  it('show a unit that has changed, and that estimates are not to be trusted', async () => {
    await sendRows(service, 400, (row, i) => ({
      ...row,
      limit: i % 40 === 0 ? null : 1000 * Number(row.limit),
    }));
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
  });

  it('tell of rows no more than samples do', async () => {
    const feature = await text('/features/limit');
    assert.match(feature, /<dt>age<\/dt><dd class="value">\[redacted\]<\/dd>/);
    const age = await text('/features/age');
    assert.match(age, /Not told: the model calls age sensitive\./);
    await sendRows(service, 1, (row) => ({ ...row, age: 120 }));
    assert.doesNotMatch(await text('/features/age'), /above the range/);
  });

  it('link each other, and lead nowhere that is not', async () => {
    for (const path of pages) {
      for (const [, target] of (await text(path)).matchAll(/href="([^"#]+)"/g)) {
        assert.equal((await get(target)).status, 200, `${path}: ${target}`);
      }
    }
  });
});
