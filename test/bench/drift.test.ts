import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { countEpisodes } from '../../bench/drift-episodes.ts';
import { collect, planJobs, runJob } from '../../bench/drift-plan.ts';
import { createSampler } from '../../bench/drift-populations.ts';
import { type Rule, scenarios } from '../../bench/drift-scenarios.ts';
import { renderTables } from '../../bench/drift-tables.ts';
import { type Cell, countAlarms, createJudge, scenarioBins } from '../../bench/drift-windows.ts';
import { replaceBetweenMarkers } from '../../bench/markers.ts';
import { countBins } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { kolmogorovSmirnov } from '../../src/stats/kolmogorov-smirnov.ts';
import { createRandom } from '../../src/stats/random.ts';
import { withoutFigures } from './without-figures.ts';

const document = new URL('../../docs/drift.md', import.meta.url);

describe('drift bench', () => {
  it('judges as measureDrift does, and Kolmogorov–Smirnov as the test of the rows', () => {
    const random = createRandom(11);
    let drifting = 0;
    for (const name of ['age', 'age+0.25', 'normal+0.5', 'missing 10 %', 'purpose', 'category 20 %']) {
      const scenario = scenarios[name];
      const drawReference = createSampler(scenario.reference.probabilities, random);
      const drawLive = createSampler(scenario.live.probabilities, random);
      for (let repeat = 0; repeat < 20; repeat++) {
        const reference = new Float64Array(scenario.reference.values.length);
        const live = new Float64Array(scenario.live.values.length);
        drawReference(reference, 300);
        drawLive(live, 400);
        const answers = createJudge(scenario, reference)(live, 400);
        const answer = (rule: Rule) => answers[scenario.judged.indexOf(rule)];

        const bins = scenarioBins(scenario, reference);
        const [before, after] = [
          rows(scenario.reference.values, reference),
          rows(scenario.live.values, live),
        ];
        const drift = measureDrift(bins, countBins(bins, before), countBins(bins, after));
        assert.equal(answer('verdict'), drift.verdict === 'drifting');
        assert.equal(answer('psi > 0.1'), drift.psi !== null && drift.psi > 0.1);
        if (drift.verdict === 'drifting') drifting++;
        if (scenario.judged.includes('ks')) {
          assert.equal(answer('ks'), kolmogorovSmirnov(before as number[], after as number[]).p < 0.05);
        }
      }
    }
    assert.ok(drifting > 10 && drifting < 110, `${drifting} of 120`);
  });

  it('finds hardly a false alarm at any size, where a fixed threshold gives thousands', () => {
    const cells = ['age', 'history', 'purpose'].flatMap((scenario) =>
      countAlarms({ scenario, references: 20, windowsEach: 40, seed: 5 }),
    );
    for (const cell of cells.filter(({ rule }) => rule === 'verdict' || rule === 'alert')) {
      assert.ok(cell.alarms <= 1, `${cell.alarms} at M ${cell.referenceSamples}, N ${cell.samples}`);
    }
    assert.ok(share(cells, 'psi > 0.1', 1000, 50) > 0.5);
    assert.ok(share(cells, 'ks', 1000, 1000) > 0.005);
  });

  it('finds a shift by half a deviation at M = 1,000 and N = 1,000', () => {
    for (const scenario of ['age+0.5', 'normal+0.5']) {
      const cells = countAlarms({ scenario, references: 10, windowsEach: 50, seed: 6 });
      assert.ok(share(cells, 'verdict', 1000, 1000) >= 0.99);
      assert.ok(share(cells, 'verdict', 1000, 50) < 0.5, 'and does not at N = 50');
    }
  });

  it('opens no ticket for traffic that repeats itself and swings, and would without the design effect', () => {
    const traffic = { rowsPerHour: 50, sends: 3, season: 0.3 };
    const { fired } = countEpisodes({ traffic, featureYears: 5, seed: 7 });
    assert.equal(fired.ticket, 0);
    assert.ok(fired['no design effect'] > 20, String(fired['no design effect']));
  });

  it('draws rows in the right shares', () => {
    const counts = new Float64Array(3);
    createSampler([0.5, 0.3, 0.2], createRandom(3))(counts, 100_001);
    assert.equal(counts[0] + counts[1] + counts[2], 100_001);
    [50_000, 30_000, 20_000].forEach((expected, i) => {
      assert.ok(Math.abs(counts[i] - expected) < 800, String(counts[i]));
    });
  });

  it('has in docs/drift.md the tables it prints', async () => {
    const size = { references: 1, windowsEach: 1, featureYears: 1, parts: 1 };
    // The busier kinds of traffic take long; their rows only need some figure to be printed.
    const quick = planJobs(size).filter((job) => job.kind === 'windows' || job.traffic.rowsPerHour === 20);
    const results = collect(quick.map(runJob));
    const figure = [...results.episodes.values()][0];
    const episodes = new Map(planJobs(size).map(({ key }) => [key, results.episodes.get(key) ?? figure]));
    const printed = renderTables({ ...results, episodes }, size);
    const written = (await readFile(document, 'utf8')).split('<!-- bench:drift')[1];
    assert.deepEqual(withoutFigures(written), withoutFigures(printed));
  });

  it('writes between the markers and nowhere else', async () => {
    const text = await readFile(document, 'utf8');
    const once = replaceBetweenMarkers(text, 'bench:drift', 'new');
    assert.ok(once.includes('\n\nnew\n\n'));
    assert.equal(replaceBetweenMarkers(once, 'bench:drift', 'new'), once);
    assert.equal(once.split('<!--')[0], text.split('<!--')[0]);
    assert.throws(() => replaceBetweenMarkers('no markers', 'bench:drift', 'new'), /needs the lines/);
  });
});

/** The share of windows in which a rule alarmed, in the first scenario that has such a cell. */
function share(cells: readonly Cell[], rule: Rule, referenceSamples: number, samples: number): number {
  const cell = cells.find(
    (one) => one.rule === rule && one.referenceSamples === referenceSamples && one.samples === samples,
  );
  assert.ok(cell);
  return cell.alarms / cell.windows;
}

/** Counts of values as rows. */
function rows(values: readonly (number | string | null)[], counts: Float64Array) {
  return values.flatMap((value, i) => Array<number | string | null>(counts[i]).fill(value));
}
