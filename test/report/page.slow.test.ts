import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { openPage, violations } from '../support/open-page.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';
import { runCommand } from './run-command.ts';
import { makeSamples, model, toCsv, toJsonl } from './samples.ts';

/** Samples over some days, at the end of which one feature moves and another one holds what was never seen. */
function driftingSamples() {
  return makeSamples({
    count: 4000,
    everyMs: 120_000,
    change: (row, i) => ({
      ...row,
      age: Number(row.age) + (i > 2000 ? 12 : 0),
      limit: i % 40 === 0 ? null : row.limit,
      history: i > 3000 && i % 8 === 0 ? '<b>sold & gone</b>' : row.history,
    }),
  });
}

/** One feature is a little larger than in training. */
function movedSamples() {
  return makeSamples({
    count: 3000,
    change: (row, i) => ({ ...row, age: Number(row.age) + (i % 5 < 3 ? 3 : 0) }),
  });
}

describe('the page of the drift report', () => {
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const pages: Record<string, string> = {};

  before(async function () {
    const executablePath = requireTool(this, 'chromium');
    folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', `${toJsonl(driftingSamples())}{"torn\n`);
    const few = await folder.write('few.jsonl', toJsonl(makeSamples({ count: 30 })));
    const moved = await folder.write('moved.jsonl', toJsonl(movedSamples()));
    const none = await folder.write('none.jsonl', '');
    const rows = makeSamples({ count: 600 }).map(({ features }) => features);
    const table = await folder.write('rows.csv', toCsv(rows));
    const partlyMoved = makeSamples({
      count: 2000,
      seed: 2,
      change: (row) => (row.history === 'good' ? { ...row, age: Number(row.age) + 15 } : row),
    });
    const partly = await folder.write('partly.csv', toCsv(partlyMoved.map(({ features }) => features)));
    // each column keeps its values, and they no longer go together
    const shuffled = rows.map((row, i) => ({ ...row, age: 100 * (i % 6), limit: 100 * (i % 6) + (i % 7) }));
    const turned = shuffled.map(({ age, limit, ...row }) => ({ ...row, age: 500 - age, limit }));
    const [tied, loose] = await Promise.all([
      folder.write('tied.csv', toCsv(shuffled)),
      folder.write('turned.csv', toCsv(turned)),
    ]);
    const longNames = (factor: number) =>
      rows.map(({ age, limit, history }) => ({
        [`annual_household_income_before_${'taxation'.repeat(9)}`]: Number(age) * factor,
        'Einkommensverhältnis der Antragstellerin': limit,
        'what the applicant has told of her history': `${history} ${'and so on '.repeat(12)}`,
        ...Object.fromEntries(Array.from({ length: 2 }, (_, i) => [`SeniorCitizen${i}`, age])),
      }));
    const [short, long] = await Promise.all([
      folder.write('long.csv', toCsv(longNames(1))),
      folder.write('longer.csv', toCsv(longNames(1.4))),
    ]);
    for (const [name, args] of [
      ['drifting', ['--model', model, '--live', live, '--backtest']],
      ['undetermined', ['--model', model, '--live', few]],
      ['moved', ['--model', model, '--live', moved]],
      ['empty', ['--model', model, '--live', none]],
      ['tables', ['--reference', table, '--live', table]],
      ['together', ['--reference', tied, '--live', loose]],
      ['long', ['--reference', short, '--live', long]],
      ['segments', ['--reference', table, '--live', partly, '--by', 'history,age']],
    ] as const) {
      const path = join(folder.path, `${name}.html`);
      const { code, stderr } = await runCommand('drift', [...args, '--html', path]);
      assert.equal(code, 0, stderr);
      pages[name] = path;
    }
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    await folder?.[Symbol.asyncDispose]();
  });

  const open = (name: string, options?: Parameters<Browser['newPage']>[0]) =>
    openPage(browser, pages[name], options);

  for (const width of [1280, 360]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const narrowOnly = width === 360 ? ['long'] : [];
      for (const name of [
        'drifting',
        'undetermined',
        'moved',
        'tables',
        'together',
        'segments',
        ...narrowOnly,
      ]) {
        it(`is accessible and complete at ${width} px, ${colorScheme}: ${name}`, async () => {
          const { page, complaints } = await open(name, { viewport: { width, height: 900 }, colorScheme });
          await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
          assert.deepEqual(await violations(page), []);
          assert.deepEqual(complaints, []);
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          assert.ok(overflow <= 0, `${overflow} px too wide`);
          const ink = await page.evaluate<number>(
            `[...document.querySelectorAll('svg.histogram path.live')].filter((path) => path.getBoundingClientRect().height > 0.1).length`,
          );
          assert.ok(ink > 20, `${ink} bars`);
          await page.close();
        });
      }
    }
  }

  it('answers first: the verdict, the worst feature, what moves the score', async () => {
    const { page } = await open('drifting');
    assert.match(await page.locator('h1').innerText(), /^▲ age has drifted/);
    assert.match(
      await page.locator('.lead').innerText(),
      /^age moves the scores most: by −0\.\d\d in log-odds/,
    );
    assert.deepEqual(await page.locator('.overview tbody th').allInnerTexts(), [
      'age',
      ...(await page.locator('.overview tbody th').allInnerTexts()).slice(1),
    ]);
    assert.match(
      await page.locator('#feature-1 > summary p').innerText(),
      /% of live requests are above \d+, \d+\s% in the reference/,
    );
    assert.equal(await page.locator('.multiples figure').count(), 4);
    assert.match(
      await page.locator('section[aria-labelledby=alarms] tbody').innerText(),
      /ModelFeatureDrift/,
    );
    assert.match(await page.locator('section[aria-labelledby=data]').innerText(), /1 line could not be read/);
    await page.close();
  });

  it('says of a small move that it is certain, and not enough for an alert', async () => {
    const { page } = await open('moved');
    assert.match(
      await page.locator('h1').innerText(),
      /^◆ age has moved a little, not enough for an alert \(PSI/,
    );
    assert.match(
      await page.locator('#feature-1 > summary').innerText(),
      /◆ moved\s+Moved a little, not enough for an alert: .*; the median went from \d+ to \d+\./,
    );
    assert.match(await page.locator('.facts').innerText(), /0 of 3\s+1 moved, not enough for an alert/);
    await page.close();
  });

  it('shows the segments that changed, and what in them', async () => {
    const { page } = await open('segments');
    const section = page.locator('section[aria-labelledby=segments]');
    assert.match(
      await section.locator('tbody tr').first().innerText(),
      /^history is good\s.*▲ drifting\s+age \(PSI \d\.\d\d, threshold \d\.\d\d\): [\d.]+\s% of live rows/s,
    );
    assert.match(await section.innerText(), /segments, each compared with the same segment of the reference/);
    await page.close();
  });

  it('shows what all features show together', async () => {
    const { page } = await open('together');
    assert.match(await page.locator('h1').innerText(), /^◆ The features have moved together/);
    const section = page.locator('section[aria-labelledby=together]');
    assert.match(await section.locator('tbody tr').first().innerText(), /^age × limit\s+(> )?\d/);
    await page.close();
  });

  it('gives no figure of what is not there', async () => {
    const { page } = await open('empty');
    assert.equal(await page.locator('h1').innerText(), '? Cannot tell: there are no live requests.');
    const text = await page.locator('#feature-1').innerText();
    assert.doesNotMatch(text, /above –|– (of|are)/);
    assert.equal(await page.locator('#feature-1 .ticks i').first().innerText(), '–');
    await page.close();
  });

  it('shows foreign text as text', async () => {
    const { page } = await open('drifting');
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
    assert.match(await page.locator('main').innerText(), /‘<b>sold & gone<\/b>’/);
    await page.close();
  });

  it('is read without script, and by keyboard', async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 390, height: 800 },
    });
    const page = await context.newPage();
    await page.goto(pathToFileURL(pages.drifting).href);
    const second = page.locator('#feature-3');
    await second.locator('> summary').focus();
    assert.equal(await second.locator('> .body').isVisible(), false);
    await page.keyboard.press('Enter');
    assert.equal(await second.locator('> .body').isVisible(), true);
    await context.close();
  });

  it('prints what is closed too', async () => {
    const { page } = await open('drifting');
    await page.emulateMedia({ media: 'print' });
    const box = await page.locator('#feature-3 > .body').boundingBox();
    assert.ok((box?.height ?? 0) > 100, `${box?.height} px`);
    await page.close();
  });

  it('is one small file', async () => {
    for (const path of Object.values(pages)) assert.ok((await stat(path)).size < 100_000, path);
  });
});
