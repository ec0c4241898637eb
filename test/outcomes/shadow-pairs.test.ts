import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sealArtifact } from '../../src/model/artifact.ts';
import { createKnownModels } from '../../src/outcomes/known-models.ts';
import { createModelFiles } from '../../src/outcomes/model-files.ts';
import { createShadowPairs } from '../../src/outcomes/shadow-pairs.ts';
import { creditVersions } from '../support/model-versions.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the counts of versions and their shadows', () => {
  it('keep no version that was dropped for newer ones, even if nobody reads them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-pairs-'));
    const models = createKnownModels({
      files: createModelFiles({ folder, maxAgeMs: 86_400_000, onProblem: assert.fail }),
      maturityMs: 0,
      onKnown: () => {},
      onProblem: assert.fail,
    });
    try {
      const pairs = createShadowPairs(models);
      const versions = await creditVersions(21);
      const [{ version: _, ...content }] = versions;
      const shadow = models.add(sealArtifact({ ...content, name: 'challenger' }));
      const made = versions.splice(0).map((version) => {
        const champion = models.add(version);
        pairs.of(champion, shadow).addPrediction(0, 1);
        return new WeakRef(champion);
      });
      await models.kept();
      // a WeakRef holds what it was asked for until the turn is over
      await nextTurn();
      collectGarbage();
      await nextTurn();
      const alive = made.filter((one) => one.deref() !== undefined).length;
      // the one that answers and the two before it; a register may still hold one more
      assert.ok(alive <= 4, `${alive} are alive`);
      assert.equal(pairs.all().length, 3);
    } finally {
      await models.kept();
      await rm(folder, { recursive: true });
    }
  });
});
