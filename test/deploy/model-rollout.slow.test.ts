import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadArtifact } from '../../src/model/artifact.ts';
import { scrape } from '../support/load.ts';
import { withIntercept } from '../support/model-parts.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { createConfigMapVolume } from './support/config-map-volume.ts';

const example = 'examples/kubernetes';
const exampleModels = join(example, 'models');
const row = { age: 30, limit: 2000, history: 'good' };

const predict = (service: TestService, model: string, input: object = row) =>
  postJson(`${service.api}/models/${model}/predict`, input);
const report = async (service: TestService, ids: readonly string[]) => {
  const outcomes = ids.map((id) => ({ id, outcome: 'good' }));
  return (await postJson(`${service.admin}/outcomes`, outcomes)).body;
};
/** How many rows a version has predicted, as far as a replica shows it. */
const predictedBy = async (service: TestService, version: string) =>
  seriesValue(await scrape(service), 'model_score_count', { version });

describe('models mounted from a ConfigMap', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let volume: ReturnType<typeof createConfigMapVolume>;
  let service: TestService;
  let files: Readonly<Record<string, string>>;

  before(async () => {
    folder = await temporaryFolder();
    volume = createConfigMapVolume(join(folder.path, 'models'));
    files = Object.fromEntries(
      readdirSync(exampleModels).map((name) => [name, readFileSync(join(exampleModels, name), 'utf8')]),
    );
    volume.update(files);
    const { settings } = parse(readFileSync(join(example, 'values.yaml'), 'utf8')) as {
      settings: Record<string, string>;
    };
    service = await startTestService({ ...settings, MODEL_PATH: volume.folder });
  });
  after(async () => {
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const reload = async () => {
    const before = service.logLines().filter(({ event }) => event === 'reload').length;
    service.process.kill('SIGHUP');
    await eventually(() => {
      const lines = service.logLines().filter(({ event }) => event === 'reload');
      assert.ok(lines.length >= before + Object.keys(files).length);
    });
  };

  it('answer as the example says: each under its own name, and the shadow behind the default', async () => {
    const { models } = (await (await fetch(`${service.api}/models`)).json()) as {
      models: { name: string }[];
    };
    assert.deepEqual(models.map(({ name }) => name).sort(), ['credit', 'credit-next', 'home-owner']);
    const readme = readFileSync(join(example, 'README.md'), 'utf8');
    const requests = [...readme.matchAll(/curl http:\/\/127\.0\.0\.1:8000(\S+) .*\n +-d '(.*)'/g)];
    const names = [];
    for (const [, path, input] of requests) {
      const { status, body } = await postJson(service.api + path, input);
      assert.equal(status, 200, JSON.stringify(body));
      names.push(body.model.name);
    }
    assert.deepEqual(names, ['credit', 'home-owner']);
    assert.equal((await predict(service, 'credit-next')).status, 200);
    await eventually(async () => {
      const text = await scrape(service);
      assert.match(text, /^model_agreement_total\{model="credit",.*shadow="credit-next",.*\} 1$/m);
    });
  });

  it('are replaced when the service is asked to, and the outcomes of what the old one said still count', async () => {
    const old = (await predict(service, 'credit')).body;
    const next = withIntercept(await loadArtifact(join(exampleModels, 'credit.json')), 1);
    volume.update({ ...files, 'credit.json': JSON.stringify(next) });
    // the files alone change nothing
    assert.equal((await predict(service, 'credit')).body.model.version, old.model.version);
    const counted = await predictedBy(service, old.model.version);
    await reload();
    const fresh = (await predict(service, 'credit')).body;
    assert.equal(fresh.model.version, next.version);
    assert.deepEqual(await report(service, [old.id, fresh.id]), {
      accepted: 2,
      duplicate: 0,
      expired: 0,
      invalid: [],
    });
    assert.equal(await predictedBy(service, old.model.version), counted);
    assert.equal(await predictedBy(service, next.version), 1);

    // back again: the version counts on
    volume.update(files);
    await reload();
    assert.equal((await predict(service, 'credit')).body.model.version, old.model.version);
    assert.equal(await predictedBy(service, old.model.version), (counted ?? 0) + 1);
    assert.equal((await report(service, [fresh.id])).duplicate, 1);
  });
});

describe('a rolling restart of two replicas, each with a disk of its own', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const running = new Map<string, TestService>();
  /** As a Service of Kubernetes has them: those that are ready. */
  const endpoints: string[] = [];
  const inFlight = new Map<string, Set<Promise<unknown>>>();
  const answers: { readonly pod: string; readonly status: number; readonly body: any }[] = [];
  let turn = 0;

  before(async () => {
    folder = await temporaryFolder();
    writeFileSync(join(folder.path, 'outcome-key'), 'a key that all replicas share, 32 bytes');
  });
  after(async () => {
    for (const service of running.values()) await service.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  async function start(pod: string, modelPath: string): Promise<void> {
    const disk = join(folder.path, `disk-of-${pod}`);
    mkdirSync(disk, { recursive: true });
    const service = await startTestService({
      MODEL_PATH: modelPath,
      SERVICE_INSTANCE: pod,
      SAMPLES_PATH: `${disk}/{instance}/input_samples.jsonl`,
      OUTCOMES_PATH: `${disk}/{instance}/outcomes.jsonl`,
      OUTCOME_KEY_FILE: join(folder.path, 'outcome-key'),
    });
    running.set(pod, service);
    await eventually(async () => assert.equal((await fetch(`${service.api}/ready`)).status, 200));
    endpoints.push(pod);
  }

  /** As the pod's end: it leaves the list, what it still has to answer is answered, and then it gets the signal. */
  async function stop(pod: string): Promise<void> {
    endpoints.splice(endpoints.indexOf(pod), 1);
    await Promise.all(inFlight.get(pod) ?? []);
    const service = running.get(pod)!;
    assert.deepEqual(await service.signal('SIGTERM'), { code: 0, signal: null });
    await service.stop();
  }

  async function ask(): Promise<void> {
    const pod = endpoints[turn++ % endpoints.length];
    const asked = postJson(`${running.get(pod)!.api}/predict`, row).then(({ status, body }) => {
      answers.push({ pod, status, body });
    });
    const those = inFlight.get(pod) ?? new Set();
    inFlight.set(pod, those.add(asked));
    await asked.finally(() => those.delete(asked));
  }

  /** Traffic from several clients while something happens. */
  async function withTraffic(work: () => Promise<void>): Promise<void> {
    let isDone = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!isDone) await ask();
    });
    await work().finally(() => {
      isDone = true;
    });
    await Promise.all(clients);
  }

  it('fails no request, and keeps every outcome, forwards and back', async () => {
    const credit = await loadArtifact(join(exampleModels, 'credit.json'));
    const next = withIntercept(credit, 1);
    const paths = [credit, next].map((artifact) => {
      const path = join(folder.path, `${artifact.version}.json`);
      writeFileSync(path, JSON.stringify(artifact));
      return path;
    });
    await Promise.all([start('vigia-0', paths[0]), start('vigia-1', paths[0])]);
    const idsOf = (version: string) =>
      answers.filter(({ body }) => body.model.version === version).map(({ body }) => body.id as string);

    // a StatefulSet replaces the pod with the highest number first
    let early: string[] = [];
    await withTraffic(async () => {
      await stop('vigia-1');
      await start('vigia-1', paths[1]);
      await eventually(() => assert.ok(idsOf(next.version).length > 0));
      early = idsOf(next.version).slice(0, 1);
      // the replica that has not been replaced cannot know the new version yet
      const { invalid } = await report(running.get('vigia-0')!, early);
      assert.deepEqual(
        invalid.map(({ reason }: { reason: string }) => reason),
        ['unknown_model'],
      );
      await stop('vigia-0');
      await start('vigia-0', paths[1]);
    });
    assert.equal(
      (await postJson(`${running.get('vigia-0')!.api}/predict`, row)).body.model.version,
      next.version,
    );

    // each replica takes outcomes of both versions, whichever replica predicted
    const [old] = idsOf(credit.version);
    for (const service of running.values()) {
      assert.equal((await report(service, [old])).accepted, 1);
    }
    assert.equal((await report(running.get('vigia-0')!, early)).accepted, 1);

    // back: a version continues its series, and the newer one is still known
    await withTraffic(async () => {
      for (const pod of ['vigia-1', 'vigia-0']) {
        await stop(pod);
        await start(pod, paths[0]);
      }
    });
    const last = idsOf(next.version).at(-1)!;
    for (const service of running.values()) {
      assert.equal((await postJson(`${service.api}/predict`, row)).body.model.version, credit.version);
      assert.equal((await report(service, [last])).accepted, 1);
    }
    assert.ok(answers.length > 100, `${answers.length} requests`);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  });
});
