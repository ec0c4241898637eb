import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { createRandom } from '../../src/stats/random.ts';
import { runCommand } from '../report/run-command.ts';
import { artifact, makeSamples, toJsonl } from '../report/samples.ts';
import { openPage, violations } from '../support/open-page.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

/** Outcomes a day later, drawn by the scores. */
function outcomesOf(samples: ReturnType<typeof makeSamples>) {
  const random = createRandom(5);
  const { positive, negative } = artifact.output;
  return samples.map(({ id, time, model, version, score, prediction }) => ({
    time: new Date(Date.parse(time) + 86_400_000).toISOString(),
    id,
    outcome: random() < score ? positive : negative,
    model,
    version,
    score,
    prediction,
    predictedAt: time,
  }));
}

describe('the page of the evaluation', () => {
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let evaluation: any;
  const pages: Record<string, string> = {};

  before(async function () {
    const executablePath = requireTool(this, 'chromium');
    folder = await temporaryFolder();
    const made = makeSamples({ count: 1500 });
    const samples = await folder.write('samples.jsonl', toJsonl(made));
    const outcomes = outcomesOf(made);
    const most = await folder.write('outcomes.jsonl', toJsonl(outcomes.slice(0, 1200)));
    const declined = outcomes.filter(({ prediction }) => prediction === artifact.output.negative);
    const approved = await folder.write('approved.jsonl', toJsonl(declined));
    for (const [name, command, ...args] of [
      ['evaluation', 'evaluate', '--live', samples, '--outcomes', most, '--by', 'history', '--by', 'age'],
      ['declined', 'evaluate', '--live', samples, '--outcomes', approved],
      ['report', 'drift', '--live', samples, '--outcomes', most],
    ]) {
      pages[name] = join(folder.path, `${name}.html`);
      const { code, stdout, stderr } = await runCommand(command, [...args, '--html', pages[name]]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`The page is in ${pages[name]}`));
    }
    const json = await runCommand('evaluate', ['--live', samples, '--outcomes', most, '--json']);
    evaluation = JSON.parse(json.stdout);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    await folder?.[Symbol.asyncDispose]();
  });

  for (const name of ['evaluation', 'declined', 'report']) {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [360, 'dark'],
    ] as const) {
      it(`is accessible and complete at ${width} px, ${colorScheme}: ${name}`, async () => {
        const options = { viewport: { width, height: 900 }, colorScheme };
        const { page, complaints } = await openPage(browser, pages[name], options);
        await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(complaints, []);
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        assert.ok(overflow <= 0, `${overflow} px too wide`);
        const curve = await page.locator('svg.curve path.line').first().boundingBox();
        assert.ok((curve?.width ?? 0) > 150 && (curve?.height ?? 0) > 150, 'the ROC curve is drawn');
        await page.close();
      });
    }
  }

  it('answers first whether the model does as well as its model file promises', async () => {
    const { verdict, headline, comparison } = evaluation;
    assert.equal(verdict, 'as promised');
    assert.match(headline, /^As good as promised: .*Brier score 0\.\d{3} \(expected 0\.\d{3} ± 0\.\d{3}\)/);
    assert.ok(comparison.figures.every(({ isWorse }: { isWorse: boolean }) => !isWorse));
    const { page } = await openPage(browser, pages.evaluation);
    assert.equal(await page.locator('h1').innerText(), `● ${headline}`);
    await page.close();
    const { page: report } = await openPage(browser, pages.report);
    assert.ok((await report.locator('section[aria-labelledby=performance]').innerText()).includes(headline));
    await report.close();
  });

  it('shows the same as the evaluation’s JSON', async () => {
    for (const name of ['evaluation', 'report']) {
      const { page } = await openPage(browser, pages[name]);
      const rows = await page.locator('.estimates tbody tr').allInnerTexts();
      const shown = Object.fromEntries(rows.map((row) => row.split(/\t/).map((cell) => cell.trim())));
      assert.equal(shown.Accuracy, evaluation.accuracy.toFixed(3));
      assert.equal(shown['ROC AUC'], evaluation.rocAuc.toFixed(3));
      assert.equal(shown['Log-loss'], evaluation.logLoss.toFixed(3));
      const decisions = await page.locator('section[aria-labelledby=decisions] td').allInnerTexts();
      const { trueNegatives, falsePositives, falseNegatives, truePositives } = evaluation.confusion;
      assert.deepEqual(
        decisions.map((text) => Number(text.split(/\s/)[0].replace(',', ''))),
        [trueNegatives, falsePositives, falseNegatives, truePositives],
      );
      assert.match(await page.locator('section[aria-labelledby=coverage]').innerText(), /1,200\s+80\s%/);
      await page.close();
    }
  });

  it('gives slices readable names', async () => {
    const { page } = await openPage(browser, pages.evaluation);
    const names = await page.locator('section[aria-labelledby=slices] tbody th').allInnerTexts();
    assert.ok(names.includes('history: good'), names.join());
    assert.ok(names.includes('age: over 52'), names.join());
    await page.close();
  });

  it('calls figures not identified where one decision has no outcomes', async () => {
    const { page } = await openPage(browser, pages.declined);
    assert.match(
      await page.locator('h1').innerText(),
      /Cannot tell whether it does as well as promised: one decision has hardly any outcomes/,
    );
    const accuracy = page.locator('.estimates tbody tr').first();
    assert.match(await accuracy.innerText(), /not identified/);
    assert.match(
      await page.locator('section[aria-labelledby=performance]').innerText(),
      /On the labelled rows alone: accuracy 0\.\d{3}/,
    );
    await page.close();
  });
});
