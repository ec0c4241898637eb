import assert from 'node:assert/strict';
import { assertAllRight, scrape, startLoad } from '../support/load.ts';
import { seriesValue, startTestService, type TestService } from '../support/service.ts';
import { compareThroughput } from './throughput.ts';

const scrapers = 20;

describe('many scrapes at once', () => {
  let healthy: TestService;
  let service: TestService;

  before(async () => {
    [healthy, service] = await Promise.all([1, 2].map(() => startTestService({ LOG_LEVEL: 'silent' })));
    await Promise.all([healthy, service].map(({ api }) => startLoad(api, { count: 1500 }).done));
  });
  after(() => Promise.all([healthy.stop(), service.stop()]));

  it('are each complete and correct, and change no answer', async () => {
    const load = startLoad(service.api);
    const texts = await Promise.all(Array.from({ length: scrapers }, () => scrape(service)));
    const result = await load.stop();
    assertAllRight(result);
    for (const text of texts) {
      assert.ok(text.endsWith('\n'));
      const answered = seriesValue(text, 'http_server_request_duration_seconds_count', {
        http_route: '/predict',
        http_response_status_code: '200',
      });
      const classes = [...text.matchAll(/^model_predictions_total\{.*\} (\S+)$/gm)];
      const predicted = classes.reduce((sum, [, value]) => sum + Number(value), 0);
      assert.ok(answered !== undefined && answered >= 1500 && answered <= 1500 + result.answers);
      assert.ok(predicted >= answered, 'a prediction is counted before its answer');
    }
  });

  it('may come every second, fifteen times as often as usual, at little cost', async () => {
    const scrapes: Promise<{ status: number; text: string }>[] = [];
    const scrapeAll = () => {
      for (let i = 0; i < scrapers; i++) {
        scrapes.push(
          fetch(`${service.admin}/metrics`).then(
            async (response) => ({ status: response.status, text: await response.text() }),
            (error) => ({ status: 0, text: String(error.cause ?? error) }),
          ),
        );
      }
    };
    scrapeAll();
    const timer = setInterval(scrapeAll, 1000);
    try {
      await compareThroughput(healthy, service);
    } finally {
      clearInterval(timer);
    }
    const answers = await Promise.all(scrapes);
    assert.ok(answers.length >= 2 * scrapers, `${answers.length} scrapes`);
    for (const { status, text } of answers) {
      assert.equal(status, 200, text.slice(0, 200));
      assert.match(text, /^model_predictions_total\{.*\} \d+$/m);
    }
  });
});
