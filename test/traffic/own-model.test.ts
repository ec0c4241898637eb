import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createRandom } from '../../src/stats/random.ts';
import { root, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

describe('npm run traffic, to a service with a model of its own', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let model: string;
  let service: TestService;

  before(async () => {
    folder = await temporaryFolder();
    const random = createRandom(1);
    const rows = Array.from({ length: 300 }, () => {
      const tenure = Math.floor(72 * random());
      return [tenure, random() < 0.5 ? 'basic' : 'full', random() * 72 > tenure ? 'yes' : 'no'].join(',');
    });
    const data = await folder.write('churn.csv', `tenure,plan,churned\n${rows.join('\n')}\n`);
    model = `${folder.path}/churn.json`;
    const training = ['--data', data, '--target', 'churned', '--positive', 'yes', '--out', model];
    await run(process.execPath, ['bin/vigia.cjs', 'train', '--name', 'churn', ...training], { cwd: root });
    service = await startTestService({ MODEL_PATH: model });
  });
  after(async () => {
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const traffic = (...args: string[]) =>
    run(process.execPath, ['bin/vigia.cjs', 'traffic', '--rate', '200', ...args], {
      cwd: root,
      env: {
        ...process.env,
        PORT: new URL(service.api).port,
        ADMIN_PORT: new URL(service.admin).port,
      },
    });

  it('finds the service by its settings and the model by asking it, and reports outcomes', async () => {
    const { stdout } = await traffic('--count', '60', '--labels', '--label-delay', '0.1s');
    assert.match(stdout, /^sent 60 requests .*\n +60 {2}200 OK\n/);
    assert.match(stdout, /reported 60 outcomes: 60 accepted\n$/);
    const text = await (await fetch(`${service.admin}/metrics`)).text();
    const unseen = { feature: 'plan', bin: 'unseen' };
    assert.equal(seriesValue(text, 'model_feature_bin_observations_total', unseen), 0);
    const { windows } = (await (await fetch(`${service.admin}/drift`)).json()) as any;
    assert.equal(windows['10m'].features[0].outsideRange, 0, 'rows like those of its reference');
  });

  it('says what to give where the model’s file is not there', async () => {
    await rm(model);
    await assert.rejects(traffic('--count', '1'), {
      code: 1,
      stderr:
        "the service asks for tenure, plan, which data/german-credit.csv does not have: give a table with --data, or the model's file with --model\n",
    });
  });
});
