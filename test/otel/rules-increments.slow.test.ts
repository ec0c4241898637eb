import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { requireTool } from '../support/tools.ts';
import { equals } from './support/near.ts';
import { type Pace, type RuleTest, runRuleTest, spanOf } from './support/promtool.ts';
import { replicaLabels, sum } from './support/series.ts';

const batch = 1000;
const until = '30m';
const duration = 'http_server_request_duration_seconds';
const predict = { http_route: '/predict' };

/** How one batch may come to be counted. */
type Story = {
  readonly title: string;
  /** Of a counter that is scraped `scrapes` times, one of which is `scrape`. */
  readonly values: (scrape: number, scrapes: number) => string;
};

/** A process that has counted before. */
const before = 50 * batch;
const after = before + batch;

const stories: readonly Story[] = [
  {
    title: 'once, whichever scrape sees it first',
    values: (k, n) => `${before}x${k - 1} ${after}x${n - k - 1}`,
  },
  {
    title: 'once if it is the first of all',
    values: (k, n) => `0x${k - 1} ${batch}x${n - k - 1}`,
  },
  {
    title: 'once if the scrape before failed',
    values: (k, n) => `${before}x${k - 2} stale ${after}x${n - k - 1}`,
  },
  {
    title: 'once if the scrape after that fails',
    values: (k, n) => `${before}x${k - 1} ${after} stale ${after}x${n - k - 3}`,
  },
  {
    title: 'once if the process ends after that scrape',
    values: (k, n) => `${before}x${k - 1} ${after} stale _x${n - k - 3}`,
  },
  {
    title: 'once if Prometheus does not scrape for some minutes before',
    values: (k, n) => `${before}x${Math.floor(k / 2)} _x${k - Math.floor(k / 2) - 2} ${after}x${n - k - 1}`,
  },
];

/** Every scrape between 5 and 15 minutes: every place within an increment. */
function scrapesOf(pace: Pace): { all: number; tried: number[] } {
  const { step } = spanOf(pace, until);
  const tried = Array.from({ length: Math.round(10 / step) }, (_, i) => Math.round(5 / step) + i);
  return { all: Math.round(30 / step) + 1, tried };
}

/**
 * Each scrape is tried with a model of its own.
 *
 * @param range how many outcomes of each model must be in both windows
 */
function dayAndWeek(pace: Pace, values: Story['values'], range: readonly [number, number]): RuleTest {
  const [from, to] = range;
  const { all, tried } = scrapesOf(pace);
  const series = 'model:outcomes_accepted:increase';
  return {
    name: 'outcomes that are reported at once',
    files: ['model-performance'],
    pace,
    series: tried.map((scrape) => ({
      metric: 'model_outcome_delay_seconds_count',
      labels: { model: `scrape ${scrape}`, ...replicaLabels(0) },
      values: values(scrape, all),
    })),
    queries: ['24h', '7d'].map((window) => ({
      at: until,
      expr: `${series}{window="${window}"} >= bool ${from} and ${series} <= ${to}`,
      samples: tried.map((scrape) => ({
        labels: `{model="scrape ${scrape}", window="${window}"}`,
        value: 1,
      })),
    })),
  };
}

describe('what is counted at once', () => {
  for (const pace of ['five minutes of 15 s', 'five minutes of 2 min'] as const) {
    const { all, tried } = scrapesOf(pace);
    for (const { title, values } of stories) {
      it(`is in the day and the week ${title} (${pace})`, async function () {
        await runRuleTest(requireTool(this, 'promtool'), dayAndWeek(pace, values, [batch, batch]));
      });
    }

    it(`is in the windows of an objective once (${pace})`, async function () {
      // of different sizes: what one replica lost is not made up for by what is too much of the others
      const failures = tried.map((_, replica) => batch * (replica + 1) ** 2);
      await runRuleTest(requireTool(this, 'promtool'), {
        name: 'one burst of failures on each replica',
        files: ['predict-slo'],
        pace,
        series: tried.map((scrape, replica) => ({
          metric: `${duration}_count`,
          labels: { ...replicaLabels(replica), ...predict, http_response_status_code: '500' },
          values: `0x${scrape - 1} ${failures[replica]}x${all - scrape - 1}`,
        })),
        queries: ['1d', '3d', '30d'].flatMap((window) =>
          ['slo:requests:increase', 'slo:bad_requests:increase'].map((metric) =>
            equals(until, metric, { job: 'vigia', slo: 'availability', window }, sum(failures)),
          ),
        ),
      });
    });
  }

  it('is in the day and the week once before and after a restart, but for what `increase` adds', async function () {
    const values: Story['values'] = (k, n) => `0x3 ${batch}x${k - 5} 0 ${batch}x${n - k - 2}`;
    const test = dayAndWeek('five minutes of 15 s', values, [2 * batch, 2.06 * batch]);
    await runRuleTest(requireTool(this, 'promtool'), test);
  });
});

describe('what is counted over a restart of the whole machine', () => {
  it('is not taken for failures, though the counters come back with nearly what they had', async function () {
    const pace = 'five minutes of 15 s';
    const { all, tried } = scrapesOf(pace);
    // Prometheus is down as well, so nothing marks the end of the old series
    const values = (old: number, recent: number, scrape: number) =>
      `0 ${old}x${scrape - 2} _x12 ${recent - 900}+100x9 ${recent}x${all - scrape - 23}`;
    const inTime = { le: String(defaultAlertSettings.objectives.latencySeconds) };
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'each replica is down for three minutes',
      files: ['predict-slo'],
      pace,
      series: tried.flatMap((scrape, replica) => {
        const labels = { ...replicaLabels(replica), ...predict, http_response_status_code: '200' };
        return [
          { metric: `${duration}_count`, labels, values: values(1000, 998, scrape) },
          {
            metric: `${duration}_bucket`,
            labels: { ...labels, ...inTime },
            values: values(990, 995, scrape),
          },
        ];
      }),
      queries: [
        {
          at: until,
          expr: `abs(slo:bad_requests:increase{slo="latency", window="1d"} / ${(10 + 3) * tried.length} - 1) < bool 0.25`,
          samples: [{ labels: '{job="vigia", slo="latency", window="1d"}', value: 1 }],
        },
      ],
    });
  });
});
