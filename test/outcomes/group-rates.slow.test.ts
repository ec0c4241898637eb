import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { featureBins } from '../../src/model/features.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { binLabels, createBinner } from '../../src/stats/binning.ts';
import type { Confusion } from '../../src/stats/confusion.ts';
import { type OutcomeRates, outcomeRates } from '../../src/stats/outcome-rates.ts';
import { createRandom } from '../../src/stats/random.ts';
import { near } from '../otel/support/near.ts';
import { runRuleTest } from '../otel/support/promtool.ts';
import type { Series } from '../otel/support/series.ts';
import { runCommand } from '../report/run-command.ts';
import { toCsv } from '../report/samples.ts';
import { logisticOf, weightsOf, withIntercept } from '../support/model-parts.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const { version: _, ...credit } = await loadArtifact('models/credit.json');
const watched = ['history', 'age'];
const artifact = sealArtifact({ ...credit, protected: watched, sensitive: ['history'] });
const key = 'the key that all tests here share';
const env = { OUTCOME_KEYS: key };
const { negative, positive } = artifact.output;

type Row = { readonly age: number; readonly limit: number; readonly history: string };
type Labelled = Row & { readonly id: string; readonly prediction: string; readonly outcome: string };

const random = createRandom(5);
const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
const histories = artifact.features.flatMap((feature) =>
  feature.kind === 'categorical' ? feature.categories : [],
);
const drawRow = (): Row => ({
  age: 18 + Math.floor(60 * random()),
  limit: 250 + Math.floor(9000 * random()),
  // one in ten has a history that training did not know
  history: random() < 0.1 ? 'SECRET of a client' : pick(histories),
});

async function predict({ api }: TestService, rows: readonly Row[]): Promise<Labelled[]> {
  const made: Labelled[] = [];
  for (const row of rows) {
    const { status, body } = await postJson(`${api}/predict`, row);
    assert.equal(status, 200, JSON.stringify(body));
    made.push({
      ...row,
      id: body.id,
      prediction: body.prediction,
      outcome: random() < 0.4 ? positive : negative,
    });
  }
  return made;
}

async function report({ admin }: TestService, rows: readonly Labelled[]): Promise<void> {
  const { status, body } = await postJson(
    `${admin}/outcomes`,
    rows.map(({ id, outcome }) => ({ id, outcome })),
  );
  assert.equal(status, 202);
  assert.equal(body.accepted, rows.length, JSON.stringify(body));
}

/** The confusion matrix of each bin, by hand. */
function recount(name: string, rows: readonly Labelled[]): Map<string, Confusion> {
  const feature = artifact.features.find((one) => one.name === name) ?? assert.fail(name);
  const bins = featureBins(feature);
  const binOf = createBinner(bins);
  return new Map(
    binLabels(bins).map((bin, i) => {
      const own = rows.filter((row) => binOf(row[name as keyof Row]) === i);
      const of = (prediction: string, outcome: string) =>
        own.filter((row) => row.prediction === prediction && row.outcome === outcome).length;
      return [
        bin,
        {
          truePositives: of(positive, positive),
          falsePositives: of(positive, negative),
          trueNegatives: of(negative, negative),
          falseNegatives: of(negative, positive),
        },
      ];
    }),
  );
}

const scrape = async ({ admin }: TestService) => (await fetch(`${admin}/metrics`)).text();

type Counted = { readonly labels: Record<string, string>; readonly value: number };

function groupCounts(text: string, version = artifact.version): Counted[] {
  return [...text.matchAll(/^model_feature_bin_outcomes_total\{(.*)\} (\S+)$/gm)]
    .map(([, labels, value]) => ({
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, label]) => [name, label]),
      ),
      value: Number(value),
    }))
    .filter(({ labels }) => labels.version === version);
}

/** Asserts that the counters equal a recount of the rows, for every bin, decision and outcome. */
function expectCounts(text: string, rows: readonly Labelled[]): void {
  const counted = groupCounts(text);
  let series = 0;
  for (const feature of watched) {
    for (const [bin, confusion] of recount(feature, rows)) {
      const cells: [string, string, number][] = [
        [positive, positive, confusion.truePositives],
        [positive, negative, confusion.falsePositives],
        [negative, negative, confusion.trueNegatives],
        [negative, positive, confusion.falseNegatives],
      ];
      for (const [prediction, outcome, expected] of cells) {
        const found = counted.filter(
          ({ labels }) =>
            labels.feature === feature &&
            labels.bin === bin &&
            labels.prediction === prediction &&
            labels.outcome === outcome,
        );
        assert.deepEqual(
          found.map(({ value }) => value),
          [expected],
          `${feature} ${bin} ${prediction} ${outcome}`,
        );
        series++;
      }
    }
  }
  assert.equal(counted.length, series);
}

async function performanceOf({ admin }: TestService, version = artifact.version) {
  const { models } = (await (await fetch(`${admin}/performance`)).json()) as any;
  return models.find(({ model }: any) => model.version === version);
}

async function startWith(model: Artifact, folder?: string): Promise<TestService> {
  // the service removes it when it is stopped
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'vigia-groups-')));
  const path = join(home, `${model.version}.json`);
  await writeFile(path, JSON.stringify(model));
  return startTestService({ ...env, MODEL_PATH: path }, home);
}

describe('outcomes by bin of the protected features', () => {
  let service: TestService;
  let rows: Labelled[];
  let text: string;
  before(async () => {
    service = await startWith(artifact);
    rows = await predict(service, Array.from({ length: 300 }, drawRow));
    await report(service, rows);
    // sent again, they count once
    const again = await postJson(
      `${service.admin}/outcomes`,
      rows.slice(0, 50).map(({ id, outcome }) => ({ id, outcome })),
    );
    assert.equal(again.body.duplicate, 50);
    text = await scrape(service);
  });
  after(() => service.stop());

  it('are counted once each, as a recount of the rows does', () => {
    expectCounts(text, rows);
    assert.deepEqual([...new Set(groupCounts(text).map(({ labels }) => labels.feature))].sort(), [
      'age',
      'history',
    ]);
  });

  it('give the rates of /performance, since the start and by window', async () => {
    const { sinceStart, windows, protectedWithoutOutcomes } = await performanceOf(service);
    assert.deepEqual(protectedWithoutOutcomes, []);
    for (const { groups } of [sinceStart, windows['10m'], windows['24h']]) {
      assert.deepEqual(
        groups,
        watched.map((feature) => ({
          feature,
          bins: [...recount(feature, rows)].map(([bin, counts]) => ({ bin, ...outcomeRates(counts) })),
        })),
      );
    }
    const bins = sinceStart.groups[0].bins as (OutcomeRates & { bin: string })[];
    const unseen = bins.find(({ bin }) => bin === 'unseen');
    assert.ok((unseen?.truePositiveRate.outcomes ?? 0) > 3);
    assert.deepEqual(bins.find(({ bin }) => bin === 'missing')?.falsePositiveRate, {
      value: null,
      outcomes: 0,
      interval: null,
    });
  });

  it('give the same rates in Prometheus', async function () {
    const at = '10m';
    const { model: name, version } = { model: artifact.name, version: artifact.version };
    const exposed = [
      ...text.matchAll(/^(model_(?:score_bin|outcome|class|feature_bin_outcomes)[a-z_]*)\{(.*)\} (\S+)$/gm),
    ];
    const series = exposed.map(([, metric, labels, value]): Series => {
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, is]) => [label, is]);
      const isCounter = /_(total|count|sum|bucket)$/.test(metric);
      return {
        metric,
        labels: { ...Object.fromEntries(pairs), job: 'vigia', instance: 'a' },
        values: isCounter ? `0 ${value}x20` : `${value}x21`,
      };
    });
    await runRuleTest(requireTool(this, 'promtool'), {
      name: 'rates of groups',
      files: ['model-performance'],
      pace: 'minute',
      series,
      queries: watched.flatMap((feature) =>
        [...recount(feature, rows)].flatMap(([bin, counts]) => {
          const rates = outcomeRates(counts);
          return (['truePositiveRate', 'falsePositiveRate'] as const).flatMap((rate) => {
            const metric = rate === 'truePositiveRate' ? 'true_positive_rate' : 'false_positive_rate';
            const labels = { model: name, version, feature, bin, metric, window: '1h' };
            const { value, outcomes, interval } = rates[rate];
            return [
              near(at, 'model_feature_bin:performance', labels, value),
              near(at, 'model_feature_bin:performance_samples', labels, outcomes || null),
              near(
                at,
                'model_feature_bin:performance_interval',
                { ...labels, end: 'lower' },
                interval?.low ?? null,
              ),
              near(
                at,
                'model_feature_bin:performance_interval',
                { ...labels, end: 'upper' },
                interval?.high ?? null,
              ),
            ];
          });
        }),
      ),
    });
  });

  it('give the rates that `npm run evaluate` finds in the same rows', async () => {
    await using folder = await temporaryFolder();
    const model = await folder.write('model.json', JSON.stringify(artifact));
    const table = rows.map(({ age, limit, history, outcome }) => ({
      age,
      limit,
      history,
      [artifact.output.column ?? '']: outcome,
    }));
    const data = await folder.write('labelled.csv', toCsv(table));
    const { stdout, stderr, code } = await runCommand('evaluate', [
      ...['--data', data, '--model', model, '--by', watched.join(','), '--json'],
    ]);
    assert.equal(code, 0, stderr);
    const { slices } = JSON.parse(stdout);
    const { sinceStart } = await performanceOf(service);
    for (const { feature, bins } of sinceStart.groups) {
      for (const { bin, truePositiveRate, falsePositiveRate } of bins) {
        const slice = slices.find((one: any) => one.feature === feature && one.bin === bin);
        const rows = truePositiveRate.outcomes + falsePositiveRate.outcomes;
        assert.equal(slice?.samples ?? 0, rows, `${feature} ${bin}`);
        if (slice === undefined) continue;
        assert.deepEqual(slice.rates, { truePositiveRate, falsePositiveRate });
        assert.equal(slice.recall, truePositiveRate.value);
      }
    }
  });

  it('leave no bin of a sensitive feature in files, logs and ids', async () => {
    const files = await readdir(service.folder, { recursive: true, withFileTypes: true });
    // the models stored next to the outcomes describe the training data
    const written = files.filter(
      (entry) =>
        entry.isFile() &&
        !entry.parentPath.endsWith('models') &&
        !entry.name.endsWith(`${artifact.version}.json`),
    );
    assert.ok(written.some(({ name }) => name === 'outcomes.jsonl'));
    const texts = await Promise.all(
      written.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
    );
    for (const content of [...texts, JSON.stringify(service.logLines())]) {
      assert.doesNotMatch(content, /SECRET|unseen/);
      // one category has the name of a class, which is told
      for (const category of histories.filter((one) => one !== negative)) {
        assert.doesNotMatch(content, new RegExp(`"${category}|= ${category}`));
      }
    }
    // neither the number of a group nor a bin in clear: equal inputs have nothing in common there
    const row = { age: 30, limit: 2000, history: histories[0] };
    const same = await predict(
      service,
      Array.from({ length: 40 }, () => row),
    );
    const sealed = same.map(({ id }) => Buffer.from(id, 'base64url').readUIntBE(1, 3));
    assert.ok(new Set(sealed).size > 35);
    assert.equal(new Set(same.map(({ id }) => id.length)).size, 1);
  });

  it('of ids of version 1, which hold no group, count without one', async () => {
    const before = groupCounts(await scrape(service));
    const id = createTokens([Buffer.from(key)]).sign(digestModel(artifact), Date.now(), 0.9, 1);
    await report(service, [{ ...drawRow(), id, prediction: positive, outcome: positive }]);
    const after = await scrape(service);
    assert.deepEqual(groupCounts(after), before);
    const all = [...after.matchAll(/^model_outcomes_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
    assert.equal(all, rows.length + 1);
  });
});

describe('rates of groups where one decision’s outcomes hardly ever come', () => {
  it('are not known, in /performance as for all rows', async () => {
    const service = await startWith(artifact);
    try {
      const made = await predict(service, Array.from({ length: 80 }, drawRow));
      await report(
        service,
        made.filter(({ prediction }) => prediction === negative),
      );
      const { sinceStart } = await performanceOf(service);
      assert.equal(sinceStart.realised.recall.value, null);
      const rates = sinceStart.groups.flatMap(({ bins }: any) =>
        bins.flatMap(({ truePositiveRate, falsePositiveRate }: any) => [truePositiveRate, falsePositiveRate]),
      );
      assert.ok(rates.some(({ outcomes }: any) => outcomes > 0));
      for (const { value, interval } of rates) assert.deepEqual([value, interval], [null, null]);
    } finally {
      await service.stop();
    }
  });
});

describe('outcomes by bin of the protected features, through a restart', () => {
  it('count for the version that answered, once a scrape has shown its series', async () => {
    const first = await startWith(artifact);
    let second: TestService | undefined;
    try {
      const rows = await predict(first, Array.from({ length: 60 }, drawRow));
      await scrape(first);
      await report(first, rows.slice(0, 40));
      // no scrape has shown these 40
      await first.signal('SIGKILL');
      const other = sealArtifact({ ...withIntercept(artifact, 0.1), protected: ['age'] });
      const restarted = await startWith(other, first.folder);
      second = restarted;
      await report(restarted, rows.slice(40));
      await eventually(async () => {
        const { length } = groupCounts(await scrape(restarted));
        assert.ok(length > 0);
      });
      await eventually(async () => expectCounts(await scrape(restarted), rows));
      assert.ok(
        groupCounts(await scrape(restarted), other.version).every(
          ({ value, labels }) => value === 0 && labels.feature === 'age',
        ),
      );
      const { sinceStart } = await performanceOf(restarted);
      assert.equal(sinceStart.groups[0].feature, 'history');
    } finally {
      await (second ?? first).stop();
    }
  });
});

describe('protected features that no id has room for', () => {
  it('are said once in the log and in /performance, and the others are followed', async () => {
    const names = Array.from({ length: 9 }, (___, i) => `age${i}`);
    const like = credit.features.find(({ name }) => name === 'age') ?? assert.fail('no age');
    const { segments: __, ...content } = credit;
    const logistic = logisticOf(credit);
    const weights = weightsOf(credit, 'age', 'numeric');
    const wide = sealArtifact({
      ...content,
      features: [...credit.features, ...names.map((name) => ({ ...structuredClone(like), name }))],
      protected: ['age', ...names],
      predictor: {
        ...logistic,
        features: [...logistic.features, ...names.map((name) => ({ ...weights, name }))],
      },
    });
    const service = await startWith(wide);
    try {
      const row = {
        ...drawRow(),
        history: histories[0],
        ...Object.fromEntries(names.map((name) => [name, 30])),
      };
      const { body } = await postJson(`${service.api}/predict`, row);
      await report(service, [{ ...row, id: body.id, prediction: body.prediction, outcome: positive }]);
      const { sinceStart, protectedWithoutOutcomes } = await performanceOf(service, wide.version);
      assert.ok(protectedWithoutOutcomes.length > 0 && sinceStart.groups.length > 0);
      assert.deepEqual(
        [...sinceStart.groups.map(({ feature }: any) => feature), ...protectedWithoutOutcomes],
        ['age', ...names],
      );
      for (const { bins } of sinceStart.groups) {
        assert.equal(
          bins.reduce((sum: number, bin: OutcomeRates) => sum + bin.truePositiveRate.outcomes, 0),
          1,
        );
      }
      const said = service.logLines().filter(({ event }) => event === 'outcomes');
      assert.equal(said.length, 1);
      assert.match(
        String(said[0].msg),
        new RegExp(`outcomes are not counted by bin of ${protectedWithoutOutcomes.join(', ')}:`),
      );
    } finally {
      await service.stop();
    }
  });
});
