import assert from 'node:assert/strict';
import { createDeployments } from '../../src/deployments/deployments.ts';
import { driftInTurns } from '../../src/http/drift-in-turns.ts';
import { driftPage } from '../../src/http/pages/drift-page.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { liveDrift } from '../../src/monitor/live-drift.ts';
import { windowNames } from '../../src/monitor/windows.ts';
import { unkeptModels } from '../support/unkept-models.ts';

describe('judging all variables while others have their turns', () => {
  const models = unkeptModels();
  const deployments = createDeployments({ sampleValues: 'raw', models });
  const rows = 40;
  const observe = (age: number) =>
    deployments.answering[0].monitor.observe({ age, limit: 2000, history: 'good' }, 0.2);
  let pauses = 0;
  /** A turn in which another request comes. */
  const pause = async () => {
    pauses++;
    observe(90);
  };

  before(async () => {
    const artifact = await loadArtifact('models/credit.json');
    assert.ok(artifact.segments !== undefined && artifact.segments.length > 0);
    deployments.put({ artifact, path: 'models/credit.json', predictor: undefined });
  });
  beforeEach(() => {
    pauses = 0;
    for (let i = 0; i < rows; i++) observe(30 + (i % 20));
  });

  it('pauses at each of them, and gives what all windows held at the start', async () => {
    const [{ monitor }] = deployments.answering;
    const before = windowNames.map((window) => ({
      counts: monitor.window(window),
      drifts: liveDrift(monitor, window),
    }));
    assert.deepEqual(await driftInTurns(monitor, pause), before);
    assert.equal(pauses, windowNames.length * monitor.variables.length);
  });

  it('shows the same rows everywhere on the page', async () => {
    const [deployment] = deployments.answering;
    const samples = liveDrift(deployment.monitor, '1h')[0].samples;
    const { main } = await driftPage(deployment, '', pause);
    assert.ok(pauses > windowNames.length * deployment.monitor.variables.length);
    const said = [...main.html.matchAll(/([\d,]+) requests/g)].map(([, count]) =>
      Number(count.replace(',', '')),
    );
    assert.deepEqual(said.slice(0, 3), [samples, samples, samples]);
    assert.ok(
      said.every((count) => count <= samples),
      `${said} of ${samples}`,
    );
  });
});
