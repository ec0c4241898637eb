import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyStepMs } from '../../src/history/drift-steps.ts';
import { makeSamples } from '../report/samples.ts';
import { startLeapingService } from '../support/leaping-service.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  startTestService,
  type TestService,
} from '../support/service.ts';

describe('the home page', () => {
  let service: TestService;

  before(async () => {
    // as long as the page may show the same alerts
    service = await startLeapingService({ LEAP_MS: '5000' });
  });
  after(() => service?.stop());

  async function text(): Promise<string> {
    return withoutStyle(await (await fetch(service.admin)).text());
  }

  /** So that what is wrong can be read in the message of a failure. */
  function withoutStyle(page: string): string {
    return page.replace(/<style>.*<\/style>/s, '').replace(/<script>.*<\/script>/s, '');
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
    assert.doesNotMatch(few, /<path class="live"/, 'no bars of one request');
    assert.match(few, /last 10 minutes<small>1 request<\/small>/);
    assert.match(few, /undetermined<\/span><small>\d+ more requests needed<\/small>/);
    await send(299, 70);
    const drifting = await text();
    assert.match(
      drifting,
      /<h1 class="drifting">.*All 3 features drift in the last 10 minutes, age most, and so do the scores\.<\/h1>/,
    );
    assert.match(drifting, /PSI\u00a0\d\.\d\d, threshold\u00a00\.\d\d/);
    assert.doesNotMatch(drifting, /, limit\u00a0/);
    for (const path of drifting.matchAll(/href="([^"#]+)"/g)) {
      assert.equal((await fetch(new URL(path[1], service.admin))).status, 200, path[1]);
    }
  });

  it('shows what came in, which model answers, and which alerts are about to fire', async () => {
    const page = await text();
    assert.match(page, /What has come in since the start\?/);
    assert.match(page, /<dt>Requests to predict<\/dt><dd>300</);
    assert.match(page, /answers by default<\/td>.*<td class="n">300<\/td><td class="n">0<\/td>/);
    assert.match(page, /Nothing since the start: no sample, no log line/);
    assert.equal(page.match(/href="\/metrics"/g)?.length, 2);
    const pending =
      /pending<\/span> <a href="\/runbook#modelfeaturedrift"><strong>ModelFeatureDrift<\/strong><\/a> warning, for .*: age has drifted: PSI/;
    service.process.kill('SIGUSR2');
    await eventually(async () => assert.match(await text(), pending));
    assert.match(page, /npm run drift <span>--<\/span> <span>--model<\/span> models\/credit\.json/);
    assert.match(
      page,
      /<span>--model<\/span> models\/credit\.json.* <span>--live<\/span> \S+ <span>--backtest<\/span>/,
    );
    const [refused, failed] = [{ age: 'x' }, {}].map((body) => postJson(`${service.api}/predict`, body));
    assert.deepEqual([(await refused).status, (await failed).status], [422, 422]);
    await eventually(async () => assert.match(await text(), /<dt>Rejected \(4xx\)<\/dt><dd>2<small>0\.7/));
  });

  it('names its style and its script in its policy, and has no attribute that would need more', async () => {
    const response = await fetch(service.admin);
    const policy = response.headers.get('content-security-policy') ?? '';
    const page = await response.text();
    const inline = (name: string) =>
      new RegExp(`<${name}>([^]*?)</${name}>`).exec(page)?.[1] ?? assert.fail(name);
    const hash = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    assert.equal(
      policy,
      `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src ${hash(inline('style'))}; script-src ${hash(inline('script'))}; connect-src 'self'`,
    );
    assert.doesNotMatch(
      page.replace(inline('style'), '').replace(inline('script'), ''),
      /<[^>]+\s(style|on\w+)=/,
    );
    assert.match(page, /<noscript><meta http-equiv="refresh" content="10"><\/noscript>/);
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
      assert.match(
        moved,
        /<h1 class="moved">.*◆ <\/span>Nothing drifts in the last 24 hours; moved, but too little for an alert: age/,
      );
      assert.match(moved, /<span class="badge moved">.*◆ <\/span>moved<\/span>/);
      const names = [...moved.matchAll(/role="rowheader"><a href="[^"]+">([^<]+)</g)].map(([, name]) => name);
      assert.equal(names[0], 'age');
      assert.equal(names.at(-1), 'Score of the model');
    } finally {
      await other.stop();
    }
  });
});

const movableClock = fileURLToPath(new URL('../faults/programs/movable-clock.ts', import.meta.url));
const endWaits = fileURLToPath(new URL('../support/programs/end-waits.ts', import.meta.url));
/** From a start to the end of a step by the service's clock, which a minute of it passes. */
const untilStepMs = 55_000;
const minuteMs = 60_000;

describe('the home page after a restart', () => {
  it('shows the drift of the day before it, which the windows no longer hold', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const nowMs = Date.now();
    const env = { SERVICE_INSTANCE: 'one', SAMPLES_PATH: join(folder, '{instance}', 'samples.jsonl') };
    const aheadMs = historyStepMs - ((nowMs + untilStepMs) % historyStepMs);
    const clock = { NODE_OPTIONS: `--import=${movableClock}`, CLOCK_AHEAD_MS: String(aheadMs + minuteMs) };
    const first = await startTestService(
      {
        ...env,
        NODE_OPTIONS: `--import=${movableClock} --import=${endWaits}`,
        CLOCK_AHEAD_MS: String(aheadMs),
        CLOCK_STEP_MS: String(minuteMs),
      },
      folder,
    );
    const rows = Array.from({ length: 500 }, () => ({ age: 70, limit: 2000, history: 'none' }));
    assert.equal((await postJson(`${first.api}/predict`, rows)).status, 200);
    first.process.kill('SIGUSR2');
    const path = join(folder, 'one', '.samples.drift-history.jsonl');
    const [step] = await eventually(async () => {
      const steps = await readJsonLines(path);
      assert.equal(steps.length, 1);
      return steps;
    });
    assert.equal(step.samples, 500);
    assert.ok(step.psi[0] > 1);
    assert.doesNotMatch(JSON.stringify(step), /limit|none/);
    await first.signal('SIGTERM');
    const second = await startTestService({ ...env, ...clock }, folder);
    try {
      const page = await (await fetch(second.admin)).text();
      assert.match(page, /Cannot tell yet: there are no requests/);
      assert.match(page, /aria-label="PSI of age in 1 steps: at most \d+\.\d+, above its threshold in 1\."/);
    } finally {
      await second.stop();
    }
  });
});
