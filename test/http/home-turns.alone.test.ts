import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { createDeployments } from '../../src/deployments/deployments.ts';
import { openDriftHistory } from '../../src/history/open-drift-history.ts';
import { expectedRequests } from '../../src/http/expected-requests.ts';
import { createHome, type Home } from '../../src/http/home/home.ts';
import { maxPages } from '../../src/http/home/live-updates.ts';
import { driftPage } from '../../src/http/pages/drift-page.ts';
import { type Artifact, parseArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { readConfig } from '../../src/settings/config.ts';
import { createHttpMetrics } from '../../src/telemetry/http-metrics.ts';
import { createPauses } from '../../src/times/pauses.ts';
import { assertShortTurns } from '../support/short-turns.ts';
import { unkeptModels } from '../support/unkept-models.ts';
import { wideModel } from '../support/wide-model.ts';

const maxHeldMs = 100;
const modelCount = 10;
const names = Array.from({ length: 200 }, (_, i) => `feature ${i}`);

/** A page that takes all it is sent. */
class OpenPage extends EventEmitter {
  text = '';
  readonly socket = new EventEmitter();
  readonly destroyed = false;
  readonly writableEnded = false;
  readonly writableLength = 0;
  write(text: string) {
    this.text += text;
  }
  flushHeaders() {}
  end() {}
}

describe('the home page of ten models with 200 features each', () => {
  const models = unkeptModels();
  const deployments = createDeployments({ sampleValues: 'raw', models });
  // nothing is stored next to a device
  const history = openDriftHistory('/dev/null', assert.fail);
  /** One that has computed nothing yet. */
  const newHome = () =>
    createHome({
      config: readConfig({}),
      alertSettings: defaultAlertSettings,
      deployments,
      history,
      httpMetrics: createHttpMetrics(expectedRequests(false)),
      samples: { dropped: {} } as never,
      onError: assert.ifError,
      shadows: { pairs: () => [] } as never,
      droppedLogLines: () => 0,
      droppedSpans: () => 0,
    });
  let home: Home;

  before(async () => {
    const { version: _, ...wide }: Artifact = parseArtifact(await wideModel(names), 'wide.json');
    for (let m = 0; m < modelCount; m++) {
      const artifact = sealArtifact({ ...wide, name: `model ${m}` });
      deployments.put({ artifact, path: 'wide.json', predictor: undefined });
      const deployment = deployments.get(artifact.name) ?? assert.fail(artifact.name);
      for (let i = 0; i < 300; i++) {
        const row = Object.fromEntries(names.map((name, j) => [name, 20 + ((i * 7 + j) % 40)]));
        deployment.monitor.observe(row, (i % 100) / 100);
      }
    }
    home = newHome();
    // compiled as it is in a service that has run for a while
    await home.page(deployments.answering[0]);
  });
  after(async () => {
    home.close();
    await history.close();
  });

  it(`holds the event loop for less than ${maxHeldMs} ms at a time while ${maxPages} open`, async () => {
    await assertShortTurns(maxHeldMs, async () => {
      const { updates, close } = newHome();
      const pages = Array.from({ length: maxPages }, () => new OpenPage());
      await Promise.all(
        pages.map((page, i) => updates.add(page as unknown as ServerResponse, `model ${i % modelCount}`)),
      );
      for (const page of pages) assert.match(page.text, /data: <header>/);
      close();
    });
  });

  it('holds it no longer every five minutes', async () => {
    await assertShortTurns(maxHeldMs, () => newHome().step(Date.now()));
  });

  it('holds it no longer for the page of all features', async () => {
    const [first] = deployments.answering;
    await assertShortTurns(maxHeldMs, () => driftPage(first, '', createPauses()));
  });

  it('is not followed by an update that is older', async () => {
    const [first] = deployments.answering;
    const update = async () => {
      const page = new OpenPage();
      await home.updates.add(page as unknown as ServerResponse, first.artifact.name);
      page.emit('close');
      return page.text;
    };
    await update();
    first.monitor.observe(Object.fromEntries(names.map((name) => [name, 33])), 0.5);
    const [count] = /<dd>301<\/dd>/.exec((await home.page(first)).text) ?? assert.fail('the page is old');
    assert.ok((await update()).includes(count));
  });

  it('is computed and written twice at most for all who ask for it at once', async () => {
    const [first] = deployments.answering;
    const pages = await Promise.all(Array.from({ length: 20 }, () => home.page(first)));
    assert.equal(new Set(pages).size, 2);
  });
});
