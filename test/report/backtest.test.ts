import assert from 'node:assert/strict';
import { backtest } from '../../src/report/compute/backtest.ts';
import { onlyCounted, type ReferenceVariable } from '../../src/report/compute/drift-reference.ts';
import type { Alarm } from '../../src/report/compute/drift-report.ts';
import { createTimeline } from '../../src/report/compute/timeline.ts';
import { createRandom } from '../../src/stats/random.ts';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-01-05T00:00:00Z');
/** Ten bins, missing. */
const cells = 11;

function variable(name: string, counts = [...Array<number>(10).fill(1000), 100]): ReferenceVariable {
  return {
    name,
    bins: { kind: 'numeric', edges: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    counts,
    ...onlyCounted,
  };
}

type Traffic = {
  readonly hours: number;
  readonly perHour: number;
  /** The bin of a row, −1 for no row; `uniform` is a bin of the reference at random. */
  readonly bin?: (hour: number, uniform: number, random: () => number) => number;
  readonly variables?: number;
};

/** The alarms that traffic raises, each with its beginning and end in hours. */
function replay({ hours, perHour, bin = (_, uniform) => uniform, variables = 1 }: Traffic) {
  const timeline = createTimeline(cells * variables, [30_000, 60_000, 300_000], 100_000);
  const random = createRandom(5);
  for (let i = 0; i < hours * perHour; i++) {
    const hour = i / perHour;
    const indices = Array.from(
      { length: variables },
      (_, v) => v * cells + bin(hour, Math.floor(random() * 10), random),
    );
    timeline.add(startMs + hour * hourMs, indices);
  }
  const alarms = backtest(
    timeline,
    Array.from({ length: variables }, (_, v) => variable(`x${v}`)),
    null,
  );
  return alarms.map(({ alert, feature, from, to }) => ({
    alert,
    feature,
    from: (Date.parse(from) - startMs) / hourMs,
    to: to === null ? null : (Date.parse(to) - startMs) / hourMs,
  }));
}

const upwards = (_hour: number, uniform: number) => Math.min(9, uniform + 3);

describe('the backtest', function () {
  this.timeout(300_000);

  it('stays silent over traffic without drift', () => {
    assert.deepEqual(
      replay({ hours: 72, perHour: 800, bin: (_, uniform, random) => (random() < 0.01 ? 10 : uniform) }),
      [],
    );
  });

  it('raises an alert for lasting drift, the early one first', () => {
    const alarms = replay({
      hours: 72,
      perHour: 800,
      bin: (hour, uniform) => (hour < 24 ? uniform : upwards(hour, uniform)),
    });
    assert.deepEqual(
      alarms.map(({ alert }) => alert),
      ['ModelFeatureDriftEarly', 'ModelFeatureDrift'],
    );
    const [early, lasting] = alarms;
    assert.ok(early.from > 24.3 && early.from < 26, `early after ${early.from - 24} h`);
    // A day later the same hour looked the same: the early alert is over, the other one stays.
    assert.ok(early.to !== null && early.to < 51, `early until ${early.to}`);
    assert.ok(lasting.from > early.from && lasting.from < 48);
    assert.equal(lasting.to, null);
  });

  it('treats a daily rhythm as seasonal, not as drift', () => {
    const alarms = replay({
      hours: 96,
      perHour: 800,
      // Each noon three bins higher, for an hour; the first one has no earlier day to be compared with.
      bin: (hour, uniform) => (Math.floor(hour % 24) === 12 ? upwards(hour, uniform) : uniform),
    });
    assert.ok(alarms.length <= 1, JSON.stringify(alarms));
    assert.ok(alarms.every(({ from }) => from < 24));
  });

  it('pages for a break within minutes, and resolves when it is fixed', () => {
    const alarms = replay({
      hours: 30,
      perHour: 6000,
      bin: (hour, uniform) => (hour >= 10 && hour < 10.5 ? 9 : uniform),
    });
    const page = alarms.find(({ alert }) => alert === 'ModelFeatureDriftFast');
    assert.ok(page !== undefined && page.from > 10.03 && page.from < 10.15, JSON.stringify(alarms));
    assert.ok(page.to !== null && page.to > 10.6 && page.to < 10.9);
  });

  it('does not page on few requests', () => {
    const alarms = replay({
      hours: 30,
      perHour: 1000,
      bin: (hour, uniform) => (hour >= 10 && hour < 10.5 ? 9 : uniform),
    });
    assert.ok(alarms.every(({ alert }) => alert !== 'ModelFeatureDriftFast'));
  });

  it('uses a week if a day has too few requests', () => {
    const alarms = replay({
      hours: 24 * 14,
      perHour: 8,
      bin: (hour, uniform) => (hour < 120 ? uniform : Math.min(9, uniform + 5)),
    });
    assert.deepEqual(
      alarms.map(({ alert }) => alert),
      ['ModelFeatureDrift'],
    );
    assert.ok(alarms[0].from > 120 && alarms[0].from < 260);
  });

  it('detects missing values to which the PSI is not sensitive enough', () => {
    const alarms = replay({
      hours: 60,
      perHour: 500,
      bin: (hour, uniform, random) => (random() < (hour > 20 ? 0.04 : 0.01) ? 10 : uniform),
    });
    assert.deepEqual(
      alarms.map(({ alert }) => alert),
      ['ModelFeatureMissing'],
    );
  });

  it('reports no slow drift any more when there have been no values for a week', () => {
    const alarms = replay({
      hours: 45 * 24,
      perHour: 1,
      bin: (hour, uniform) => (hour < 30 * 24 ? Math.min(9, uniform + 2) : -1),
    });
    assert.deepEqual(
      alarms.map(({ alert }) => alert),
      ['ModelDriftSlow'],
    );
    const { to } = alarms[0];
    assert.ok(to !== null && Math.abs(to - (37 * 24 + 1)) < 1.5, `it ends after ${to} hours`);
  });

  it('raises no alert on slow drift for a change that has ended and was already reported', () => {
    const alarms = replay({
      hours: 50 * 24,
      perHour: 40,
      bin: (hour, uniform, random) =>
        hour > 5 * 24 && hour < 40 * 24 && random() < 0.6 ? Math.min(9, uniform + 2) : uniform,
    });
    assert.ok(alarms.length > 0);
    assert.deepEqual(
      alarms.filter(({ alert }) => alert !== 'ModelFeatureDrift'),
      [],
    );
  });

  it('distinguishes one cause from many', () => {
    const alarms = replay({
      hours: 60,
      perHour: 800,
      variables: 3,
      bin: (hour, uniform) => (hour < 30 ? uniform : Math.min(9, uniform + 4)),
    });
    const broad = alarms.filter(({ alert }) => alert === 'ModelDriftBroad');
    assert.equal(broad.length, 1);
    assert.equal(broad[0].feature, null);
    assert.equal(
      new Set(alarms.filter(({ alert }) => alert === 'ModelFeatureDrift').map(({ feature }) => feature)).size,
      3,
    );
  });

  it('lists nothing without rows', () => {
    assert.deepEqual(
      backtest(createTimeline(cells, [30_000], 10), [variable('x')], null) satisfies Alarm[],
      [],
    );
  });
});
