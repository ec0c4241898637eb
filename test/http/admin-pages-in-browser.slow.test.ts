import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { violations } from '../support/open-page.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { wideModel } from '../support/wide-model.ts';
import { discreetModel, sendRows } from './discreet-model.ts';

const pages = ['/drift', '/performance', '/features/limit', '/features/history', '/features/(score)'];

describe('the pages of the admin listener in a browser', () => {
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: TestService;

  before(async function () {
    const executablePath = requireTool(this, 'chromium');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    folder = await temporaryFolder();
    const path = join(folder.path, 'discreet.json');
    await writeFile(path, await discreetModel());
    service = await startTestService({ MODEL_PATH: path, OUTCOME_MATURITY_DAYS: '0' });
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  async function checkInBrowser(
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

  it('are accessible before there is anything to show', async () => {
    await checkInBrowser(service.admin, ['/performance', '/features/limit']);
  });

  it('are accessible when a unit has changed, with estimates that are not to be trusted', async () => {
    await sendRows(service, 400, (row, i) => ({
      ...row,
      limit: i % 40 === 0 ? null : 1000 * Number(row.limit),
    }));
    await checkInBrowser(service.admin, pages);
  });

  it('have room for 200 features with long names', async () => {
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
      await checkInBrowser(wide.admin, ['/drift', first], [[360, 'light']]);
    } finally {
      await wide.stop();
    }
  });
});
