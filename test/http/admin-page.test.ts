import assert from 'node:assert/strict';
import { type Browser, chromium } from 'playwright-core';
import { makeSamples } from '../report/samples.ts';
import { violations } from '../support/open-page.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

describe('the admin page', function () {
  this.timeout(60_000);
  let service: TestService;

  before(async () => {
    service = await startTestService();
  });
  after(() => service?.stop());

  async function text(): Promise<string> {
    return await (await fetch(service.admin)).text();
  }

  /** Values that training has, in turn, or one that it has hardly ever. */
  async function send(count: number, age?: number) {
    const ages = [22, 25, 27, 29, 32, 35, 38, 42, 48, 60];
    for (let i = 0; i < count; i++) {
      const { status } = await postJson(`${service.api}/predict`, {
        age: age ?? ages[i % 10],
        limit: 800 + ((i * 977) % 6000),
        history: i % 2 === 0 ? 'none' : 'paid',
      });
      assert.equal(status, 200);
    }
  }

  it('answers first: cannot tell, then what drifts, in the words of the report', async () => {
    assert.match(await text(), /<h1 class="undetermined">.*Cannot tell yet: there are no requests\.<\/h1>/);
    await send(1);
    const few = await text();
    assert.match(few, /<h1 class="undetermined">.*Cannot tell yet: there are too few requests\.<\/h1>/);
    assert.match(few, /<small>\d+ more requests needed<\/small><small>1 request<\/small>/);
    await send(299, 70);
    const drifting = await text();
    assert.match(drifting, /<h1 class="drifting">.*Drift in the last 10 minutes: age[^<]*\.<\/h1>/);
    assert.match(drifting, /PSI\u00a0\d\.\d\d, limit\u00a00\.\d\d/);
    for (const path of drifting.matchAll(/href="([^"]+)"/g)) {
      assert.equal((await fetch(new URL(path[1], service.admin))).status, 200, path[1]);
    }
  });

  it('says what moved and does not drift, in a shape and a word of its own', async () => {
    const other = await startTestService();
    try {
      const change = (row: Record<string, unknown>, i: number) => ({
        ...row,
        age: Number(row.age) + (i % 5 < 3 ? 3 : 0),
      });
      for (const { features } of makeSamples({ count: 1500, change })) {
        assert.equal((await postJson(`${other.api}/predict`, features)).status, 200);
      }
      const moved = await (await fetch(other.admin)).text();
      assert.match(moved, /<h1 class="moved">.*◆ <\/span>Moved in the last 24 hours, below what alarms: age/);
      assert.match(moved, /<span class="badge moved">.*◆ <\/span>moved<\/span>/);
      const names = [...moved.matchAll(/role="rowheader">([^<]+)</g)].map(([, name]) => name);
      assert.equal(names[0], 'age');
      assert.equal(names.at(-1), 'Score of the model');
    } finally {
      await other.stop();
    }
  });

  it('is accessible, wide and narrow, light and dark', async function () {
    const executablePath = requireTool(this, 'chromium');
    const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      for (const width of [1280, 390]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const page = await browser.newPage({
            viewport: { width, height: 800 },
            colorScheme,
            bypassCSP: true,
          });
          await page.goto(service.admin);
          assert.deepEqual(await violations(page), [], `${width} px, ${colorScheme}`);
          assert.ok(await page.getByRole('columnheader', { name: 'last 24 hours' }).isVisible());
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          assert.ok(overflow <= 0, `${overflow} px too wide`);
          await page.close();
        }
      }
    } finally {
      await browser.close();
    }
  });
});
