import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artifact, formatArtifact } from '../../src/model/artifact.ts';
import { contentDigest } from '../../src/model/artifact-version.ts';
import { endedStart } from '../support/ended-start.ts';
import { eventually, postJson, startTestService, type TestService } from '../support/service.ts';
import { readTwinModels } from '../support/twin-models.ts';

const row = { age: 30 };

describe('a model that was prepared to have the version of another', () => {
  let folder: string;
  let path: string;
  let one: Artifact;
  let other: Artifact;
  let service: TestService;

  before(async () => {
    [one, other] = await readTwinModels();
    folder = await mkdtemp(join(tmpdir(), 'vigia-twins-'));
    path = join(folder, 'model.json');
    await writeFile(path, formatArtifact(one));
    service = await startTestService({ MODEL_PATH: path }, folder);
  });
  after(() => service?.stop());

  it('has it, and different content', () => {
    assert.deepEqual([one.name, one.version], [other.name, other.version]);
    assert.notEqual(contentDigest(one), contentDigest(other));
  });

  it('is refused at a reload, and the other one goes on answering', async () => {
    const before = await postJson(`${service.api}/predict`, row);
    assert.ok(
      before.body.score < one.output.threshold.value && before.body.score > other.output.threshold.value,
    );
    await writeFile(path, formatArtifact(other));
    service.process.kill('SIGHUP');
    const said = await eventually(() => {
      const line = service.logLines().find(({ event }) => event === 'reload');
      assert.ok(line);
      return String(line.msg);
    });
    assert.match(
      said,
      /^the model in service stays: .*a different model with this name and version is in use/,
    );
    const { body } = await postJson(`${service.api}/predict`, row);
    assert.equal(body.prediction, before.body.prediction);
  });

  it('is refused at the start if the other one has answered before', async () => {
    await service.signal('SIGTERM');
    const kept = await readdir(join(folder, 'models'));
    assert.equal(kept.length, 1);
    const { status, stderr } = endedStart({
      MODEL_PATH: path,
      SAMPLES_PATH: service.samplesPath,
      OUTCOMES_PATH: service.outcomesPath,
    });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^vigia: cannot start: MODEL_PATH: .* a different model with this name and version is in /,
    );
    assert.ok(stderr.includes(kept[0]), stderr);
  });
});
