import assert from 'node:assert/strict';
import { type Browser, chromium } from 'playwright-core';
import { violations } from '../support/open-page.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

describe('the runbook in a browser', () => {
  let browser: Browser;
  let service: TestService;

  before(async function () {
    const executablePath = requireTool(this, 'chromium');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    service = await startTestService();
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read on a phone and by everybody (${colorScheme})`, async () => {
      const page = await browser.newPage({
        colorScheme,
        viewport: { width: 360, height: 740 },
        bypassCSP: true,
      });
      await page.goto(`${service.admin}/runbook#modelfeaturedrift`);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
      const { y: top = -1 } = (await page.locator('#modelfeaturedrift').boundingBox()) ?? {};
      assert.ok(top >= 0 && top < 100, `the section is at ${top}`);
      assert.deepEqual(await violations(page), []);
      await page.close();
    });
  }
});
