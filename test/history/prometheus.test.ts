import assert from 'node:assert/strict';
import type { Scrape } from './history.ts';
import { labelsOf, parseExposition, sumIncreases } from './prometheus.ts';

let ms = 0;
const scrape = (startTime: number, value: number | undefined, process = 'a1'): Scrape => ({
  kind: 'scrape',
  step: 1,
  process,
  begunMs: ms++,
  answer: {
    status: 200,
    exposition: { startTime, counters: new Map(value === undefined ? [] : [['c', value]]) },
  },
});
const sumOf = (...scrapes: Scrape[]) => sumIncreases(scrapes).increases.get('c');

describe('the stand-in for Prometheus', () => {
  it('takes the first value of a process for where it begins, and adds up what follows', () => {
    assert.equal(sumOf(scrape(1, 5)), 0);
    assert.equal(sumOf(scrape(1, 5), scrape(1, 7), scrape(1, 7), scrape(1, 10)), 5);
  });

  it('distinguishes a process from the previous one by its start time, whatever the values', () => {
    assert.equal(sumOf(scrape(1, 0), scrape(1, 5), scrape(2, 9), scrape(2, 10)), 6);
    assert.equal(sumOf(scrape(1, 0), scrape(1, 5), scrape(2, 0), scrape(2, 1)), 6);
    assert.equal(sumOf(scrape(1, 0, 'a1'), scrape(1, 3, 'b1'), scrape(1, 4, 'b1'), scrape(1, 2, 'a1')), 3);
  });

  it('counts from 0 after a reset, and tells that there was one', () => {
    const { increases, broken } = sumIncreases([scrape(1, 0), scrape(1, 5), scrape(1, 2)]);
    assert.equal(increases.get('c'), 7);
    assert.deepEqual(
      broken.map(({ series, from, to }) => ({ series, from, to })),
      [{ series: 'c', from: 5, to: 2 }],
    );
  });

  it('treats a series that appears later as one that begins there', () => {
    assert.equal(sumOf(scrape(1, undefined), scrape(1, 4), scrape(1, 6)), 2);
  });

  it('ignores scrapes without an answer', () => {
    const { answer: _, ...unanswered } = scrape(1, 3);
    assert.equal(sumOf(scrape(1, 1), unanswered, scrape(1, 4)), 3);
  });

  it('reads counters and histograms of an exposition, and not its gauges', () => {
    const text = `# HELP process_start_time_seconds When.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1795902905.61
# TYPE a_total counter
a_total{bin="04 (-inf, 0.02]",name="a \\"b\\" c"} 3
# TYPE d_seconds histogram
d_seconds_bucket{le="+Inf"} 2
d_seconds_count 2
d_seconds_sum 0.5
# TYPE held gauge
held 7
`;
    const { startTime, counters } = parseExposition(text);
    assert.equal(startTime, 1795902905.61);
    assert.deepEqual(
      [...counters],
      [
        ['a_total{bin="04 (-inf, 0.02]",name="a \\"b\\" c"}', 3],
        ['d_seconds_bucket{le="+Inf"}', 2],
        ['d_seconds_count', 2],
        ['d_seconds_sum', 0.5],
      ],
    );
    const [series] = counters.keys();
    assert.deepEqual(labelsOf(series, 'a_total'), { bin: '04 (-inf, 0.02]', name: 'a \\"b\\" c' });
    assert.equal(labelsOf(series, 'a'), undefined);
    assert.throws(() => parseExposition('a_total 1\n'), /when the process started/);
  });
});
