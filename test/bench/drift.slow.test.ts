import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { chiSquareGoodnessOfFit } from '../../bench/chi-square.ts';
import { compareRules, createJudge } from '../../bench/drift-other-rules.ts';
import { collect, planJobs, runJob } from '../../bench/drift-plan.ts';
import { ages, foldOutside } from '../../bench/drift-populations.ts';
import { findInSegment, type SegmentPower } from '../../bench/drift-segment-power.ts';
import { segmentWorlds } from '../../bench/drift-segment-worlds.ts';
import { lookAtSegments, mergeSegmentAlarms } from '../../bench/drift-segments.ts';
import { findSlowDrift } from '../../bench/drift-slow.ts';
import { renderTables } from '../../bench/drift-tables.ts';
import { replayTraffic } from '../../bench/drift-traffic.ts';
import { changesAt, changingTraffics, steadyTraffics } from '../../bench/drift-traffics.ts';
import { drawReference, type Finding, type Looks, lookAtWindows } from '../../bench/drift-windows.ts';
import { steadyWorlds, togetherWorlds, worlds } from '../../bench/drift-worlds.ts';
import { replaceBetweenMarkers } from '../../bench/markers.ts';
import { addRandomCounts, drawPoisson } from '../../bench/random-counts.ts';
import { countBins } from '../../src/stats/binning.ts';
import { driftRule } from '../../src/stats/drift.ts';
import { kolmogorovSmirnov } from '../../src/stats/kolmogorov-smirnov.ts';
import { psiNoiseCeiling } from '../../src/stats/noise-ceiling.ts';
import { createRandom } from '../../src/stats/random.ts';
import { slowDriftRule, slowDriftTolerance } from '../../src/stats/slow-drift.ts';

const document = new URL('../../docs/drift.md', import.meta.url);

describe('drift bench', () => {
  describe('its random draws', () => {
    it('has the multinomial and the Poisson distribution', () => {
      const random = createRandom(3);
      const probabilities = [0.6, 0.25, 0.1499, 0.0001, 0];
      for (const rows of [1, 50, 5000, 1_000_000]) {
        const counts = new Float64Array(5);
        for (let i = 0; i < 200; i++) addRandomCounts(counts, rows, probabilities, random);
        const expected = probabilities.map((probability) => probability * rows * 200);
        const { p } = chiSquareGoodnessOfFit(expected.slice(0, 3), counts.subarray(0, 3));
        assert.ok(p > 0.001, `${rows}: ${[...counts]}`);
        assert.equal(counts[4], 0);
      }
      const squares = Array.from({ length: 4000 }, () => {
        const counts = new Float64Array(2);
        addRandomCounts(counts, 1000, [0.3, 0.7], random);
        return (counts[0] - 300) ** 2;
      });
      assert.ok(Math.abs(mean(squares) / 210 - 1) < 0.1, `binomial variance ${mean(squares)}`);
      const events = Array.from({ length: 4000 }, () => drawPoisson(6.5, random));
      assert.ok(Math.abs(mean(events) - 6.5) < 0.2, `Poisson mean ${mean(events)}`);
      const spread = mean(events.map((count) => (count - 6.5) ** 2));
      assert.ok(Math.abs(spread / 6.5 - 1) < 0.12, `Poisson variance ${spread}`);
    });

    for (const [key, { title, reference: before, live }] of Object.entries(worlds)) {
      it(`falls into the bins as its rows do: ${key}, ${title}`, () => {
        const random = createRandom(4);
        const reference = drawReference(before, 1000, random);
        const cells = live.cells(reference);
        const rows = Array.from({ length: 4000 }, () => live.draw(random));
        const [min, max] = reference.range ?? [0, 0];
        const isOutside = (row: unknown) => typeof row === 'number' && (row < min || row > max);
        close(foldOutside(cells, reference.bins), rows.filter(isOutside).length / rows.length);
        countBins(reference.bins, rows).forEach((count, bin) => {
          close(cells[bin], count / rows.length);
        });
        function close(share: number, counted: number) {
          const error = Math.sqrt(Math.max(0, share * (1 - share)) / rows.length);
          assert.ok(Math.abs(counted - share) < 5 * error + 2 / rows.length, `${share}, counted ${counted}`);
        }
      });
    }
  });

  describe('if nothing changes', () => {
    for (const [key, { title }] of Object.entries(steadyWorlds)) {
      it(`hardly any check is a false alarm: ${title}`, () => {
        // docs/drift.md, Limitations, has what 200 rows cannot tell of long tails, and how often names have moved.
        const isTail = /purpose|channel|merchant/.test(key);
        const looks = lookAtWindows({ world: key, windows: 2000, referenceRows: 400_000, seed: 5 }).filter(
          ({ referenceSamples }) => !isTail || referenceSamples >= 1000,
        );
        const windows = looks.reduce((sum, look) => sum + look.windows, 0);
        for (const finding of ['drifting', 'moved', 'alert', 'share alert'] as const) {
          if (key.startsWith('merchant') && finding === 'moved') continue;
          const found = looks.reduce((sum, look) => sum + look.found[finding], 0);
          // one unlucky reference may spoil a few windows
          assert.ok(found <= windows / 10_000 + 3, `${finding}: ${found} of ${windows}`);
        }
      });
    }

    it('rows that repeat themselves raise no alert, but would without the design effect', () => {
      for (const world of Object.keys(togetherWorlds)) {
        const looks = lookAtWindows({ world, windows: 500, referenceRows: 100_000, seed: 6 });
        assert.ok(looks.every(({ found }) => found.alert === 0));
        if (world !== 'batches') assert.ok(share(looks, 'drifting', 1000, 300) > 0.02);
      }
    });

    it('traffic that repeats itself, has weekends or swings over the day raises no alert', () => {
      for (const [traffic, { title, requestsPerDay }] of Object.entries(steadyTraffics)) {
        if (traffic === 'restless') continue;
        for (const rate of requestsPerDay.filter((each) => each < 10_000)) {
          const { fired } = replayTraffic({
            traffic,
            requestsPerDay: rate,
            features: 1,
            days: 98,
            seed: 7,
          });
          assert.deepEqual(fired, {}, `${title}, ${rate} a day`);
        }
      }
    });
  });

  describe('in segments', () => {
    it('hardly any comparison without a change is a false alarm, also with rows sent six times', () => {
      const looks = Object.keys(segmentWorlds).map((world) =>
        lookAtSegments({ world, looks: 150, seed: 13 }),
      );
      const { drifting, alerts } = mergeSegmentAlarms(looks);
      // 24,000 comparisons, of which 5 in a million may
      assert.ok(drifting.withSegmentCeilingZ <= 2, String(drifting.withSegmentCeilingZ));
      assert.ok(
        alerts.every((count) => count <= 2),
        String(alerts),
      );
    });

    it('a whole deviation in a fifth of the rows is found there, and not in all rows', () => {
      const power = findInSegment({ shift: 1, windows: 50, seed: 14 });
      const { windows, whole, segment } = power.find(
        ({ referenceSamples, samples }) => referenceSamples === 1000 && samples === 5000,
      ) as SegmentPower;
      assert.deepEqual(whole, { drifting: 0, alert: 0 });
      assert.equal(segment.drifting, windows);
      assert.ok(segment.alert >= 0.9 * windows, String(segment.alert));
    });
  });

  describe('if something changes', () => {
    const looksAt = (world: string) =>
      lookAtWindows({ world, windows: 200, referenceRows: 100_000, seed: 8 });

    const isFound: readonly [world: string, Finding | 'told', M: number, N: number, atLeast: number][] = [
      ['normal+0.25', 'told', 5000, 5000, 0.9],
      ['normal+0.25', 'told', 5000, 50_000, 0.9],
      ['normal+0.5', 'drifting', 1000, 1000, 0.99],
      ['normal+0.5', 'told', 1000, 140, 0.7],
      ['normal+0.5', 'alert', 1000, 5000, 0.99],
      ['normal+1', 'told', 1000, 140, 0.99],
      ['normal+1', 'alert', 1000, 1000, 0.99],
      ['unit', 'alert', 1000, 1000, 0.99],
      ['unit 5 %', 'share alert', 1000, 1000, 0.9],
      ['missing 2 %', 'share alert', 1000, 5000, 0.9],
      ['new category', 'share alert', 1000, 5000, 0.9],
      ['spread', 'told', 1000, 5000, 0.9],
      ['zeros × 3', 'told', 1000, 5000, 0.95],
      ['zeros 80 %', 'told', 1000, 1000, 0.95],
      ['cap 80 %', 'told', 1000, 1000, 0.99],
      ['cap 120', 'drifting', 1000, 1000, 0.99],
      ['flag 90 %', 'told', 1000, 1000, 0.99],
      ['constant 5 %', 'drifting', 1000, 1000, 0.9],
      ['wave 0.9 2 %', 'share alert', 5000, 5000, 0.75],
      ['wave 0.9 5 %', 'share alert', 1000, 5000, 0.75],
      ['wave 0.6 5 %', 'share alert', 5000, 5000, 0.9],
    ];
    for (const [world, finding, referenceSamples, samples, atLeast] of isFound) {
      it(`${finding}: ${worlds[world].title}, M = ${referenceSamples}, N = ${samples}`, () => {
        const looks = looksAt(world);
        const found =
          finding === 'told'
            ? share(looks, 'drifting', referenceSamples, samples) +
              share(looks, 'moved', referenceSamples, samples)
            : share(looks, finding, referenceSamples, samples);
        assert.ok(found >= atLeast, String(found));
      });
    }

    it('a quarter of a deviation does not raise an alert, however many rows show it', () => {
      assert.equal(share(looksAt('normal+0.25'), 'alert', 5000, 50_000), 0);
    });

    const medianDays = (traffic: string, requestsPerDay: number) =>
      replayTraffic({ traffic, requestsPerDay, features: 5, days: changesAt + 60, seed: 9 }).delays.toSorted(
        (a, b) => a - b,
      )[2];

    it('more requests find a step by half a deviation no later', () => {
      const days = changingTraffics['step 0.5'].requestsPerDay.map((rate) => medianDays('step 0.5', rate));
      assert.ok(
        days.every((each, i) => i === 0 || each < days[i - 1] + 1),
        String(days),
      );
      const withinAWeek = days.slice(1);
      assert.ok(Math.max(...withinAWeek) <= 7, String(days));
    });

    it('rising shares are detected within days', () => {
      for (const traffic of ['unit', 'missing']) {
        assert.ok(medianDays(traffic, 150) <= 5, traffic);
        assert.ok(medianDays(traffic, 1500) <= 1, traffic);
      }
    });
  });

  describe('slow drift of small models', () => {
    const find = (traffic: string, referenceSamples: number, requestsPerDay: number, models = 60) =>
      findSlowDrift({ traffic, referenceSamples, requestsPerDay, models, days: 730, seed: 13 });
    const countFound = (delays: readonly number[]) => delays.filter(Number.isFinite).length;

    it('is found in none of 60 models in two years if nothing changes, or nothing permanently', () => {
      for (const traffic of ['flat', 'restless', 'weekend 0.6']) {
        for (const referenceSamples of [200, 1000]) {
          assert.equal(
            countFound(find(traffic, referenceSamples, 20)),
            0,
            `${traffic}, M ${referenceSamples}`,
          );
        }
      }
      assert.equal(countFound(find('weekend 0.6', 1000, 350)), 0);
    });

    it('is found no more often than guaranteed if each request is sent 3 times', () => {
      const found = countFound(find('thrice', 1000, 20)) + countFound(find('thrice', 200, 20));
      assert.ok(found <= (120 * 730) / slowDriftRule.threshold, `${found} of 120`);
    });

    it('takes two weeks for half a deviation at 20 requests a day', () => {
      const days = find('step 0.5', 1000, 20, 600).toSorted((a, b) => a - b);
      assert.ok(days[300] <= 14 && days[300] >= 10, `${days[300]} days`);
      assert.equal(countFound(days), 600);
    });
  });

  describe('beside other rules', () => {
    it('judges by Kolmogorov–Smirnov as the test of the rows does', () => {
      const random = createRandom(11);
      let beyond = 0;
      for (let repeat = 0; repeat < 60; repeat++) {
        const [before, after] = [ages(), ages(repeat % 2 === 0 ? 0 : 0.1)];
        const rows = Array.from({ length: 300 }, () => before.draw(random) as number);
        const live = Array.from({ length: 400 }, () => after.draw(random) as number);
        const counts = Float64Array.from(before.values, (age) => live.filter((row) => row === age).length);
        const isDrift =
          kolmogorovSmirnov(Float64Array.from(rows).sort(), Float64Array.from(live).sort()).p < 0.05;
        assert.equal(createJudge(rows)(counts, 400).ks, isDrift);
        if (isDrift) beyond++;
      }
      assert.ok(beyond > 3 && beyond < 57, `${beyond} of 60`);
    });

    it('is quiet where fixed thresholds raise thousands of alarms', () => {
      const alarms = compareRules({ references: 40, windowsEach: 50, seed: 12 });
      const falseAt = (rule: string, samples: number) => {
        const found = alarms.find((each) => each.rule === rule && each.samples === samples);
        assert.ok(found);
        return found.false / found.windows;
      };
      assert.equal(falseAt('verdict', 50), 0);
      assert.ok(falseAt('psi > 0.1', 50) > 0.5);
      assert.ok(falseAt('psi > 0.2', 50) > 0.2);
      assert.ok(falseAt('ks', 1000) > 0.005);
    });
  });

  it('has in docs/drift.md the tables it prints', async () => {
    const draws = { windows: 1, referenceRows: 1 };
    const replays = { features: 1, days: changesAt + 1 };
    const size = {
      steady: draws,
      changed: draws,
      rules: { windows: 1, references: 1 },
      steadyTraffic: replays,
      changingTraffic: replays,
      slow: { models: 1, days: 1 },
      segments: { looks: 1, windows: 1 },
      parts: 1,
    };
    const printed = renderTables(collect(planJobs(size).map(runJob)), size);
    const written = (await readFile(document, 'utf8')).split('<!-- bench:drift')[1];
    assert.deepEqual(titles(written), titles(printed));
  });

  it('supports each figure in the conclusions of docs/drift.md by the tables or the formulas', async () => {
    const [head, tables, conclusions] = (await readFile(document, 'utf8')).split('<!-- bench:drift');
    const ceiling = (samples: number, referenceSamples: number) =>
      psiNoiseCeiling(samples, referenceSamples, 10, driftRule.ceilingZ);
    assert.ok(head.includes('N = 273 is the smallest window that can be `stable`'));
    assert.ok(ceiling(273, 1000) <= driftRule.undeterminedCeiling);
    assert.ok(ceiling(272, 1000) > driftRule.undeterminedCeiling);
    assert.ok(head.includes('puts the ceiling at 0.21.'));
    assert.equal(ceiling(Number.POSITIVE_INFINITY, 200).toFixed(2), '0.21');
    assert.ok(head.includes('From about 5,000 rows in the window on, the design effect costs nothing'));
    assert.ok(ceiling(5000 / driftRule.alertDesignEffect, 1000) < driftRule.minPsi);

    const [, slow] = head.split('## Slow drift of small models');
    const { stakes, tolerance, threshold, maxDailyRows, maxWinnings } = slowDriftRule;
    const constants = [...stakes, tolerance, threshold, maxDailyRows, maxWinnings, driftRule.ceilingZ];
    for (const constant of constants) assert.ok(slow.includes(constant.toLocaleString('en')), `${constant}`);
    assert.ok(slow.includes('below M = 675'));
    assert.ok(slowDriftTolerance(674) > tolerance);
    assert.equal(slowDriftTolerance(675), tolerance);

    const figures = (text: string) => text.match(/\d+(?:,\d{3})*(?:\.\d+)?(?: %)?/g) ?? [];
    const printed = new Set(figures(tables));
    const text = conclusions.slice(0, conclusions.indexOf('## Sources'));
    assert.deepEqual(
      figures(text).filter((figure) => !printed.has(figure)),
      [],
    );
  });

  it('gives in README.md the highest rates of false alarms in docs/drift.md', async () => {
    const [head, , ...rows] = ((await readFile(document, 'utf8')).split('| variable | M = 200')[1] ?? '')
      .split('\n\n')[0]
      .split('\n');
    assert.equal(
      head,
      ': drifting | moved | alert | share alert | M from 1,000: drifting | moved | alert | share alert |',
    );
    const highest = (column: number) =>
      Math.max(...rows.map((row) => Number(row.split(' | ')[column].replace(' |', ''))));
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const [small, large] = [1, 5].map((first) => ({ drifting: highest(first), alert: highest(first + 2) }));
    const told = `the verdict \`drifting\` is wrong in at most ${large.drifting}, the alert in ${large.alert}, with a reference of 1,000 rows or more (${small.drifting} and ${small.alert} with 200 rows)`;
    assert.ok(readme.replaceAll(/\s+/g, ' ').includes(told), told);
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

/** How often something was found at one pair of sizes. */
function share(looks: readonly Looks[], finding: Finding, referenceSamples: number, samples: number): number {
  const look = looks.find((one) => one.referenceSamples === referenceSamples && one.samples === samples);
  assert.ok(look);
  return look.found[finding] / look.windows;
}

/** The headings of a Markdown text, the heads of its tables, and what each of their rows is about. */
function titles(markdown: string): string[] {
  return markdown.split('\n').flatMap((line, i, lines) => {
    if (line.startsWith('#')) return [line];
    if (!line.startsWith('|') || line.includes('---')) return [];
    return [lines[i + 1]?.includes('---') ? line : line.split(' | ')[0]];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
