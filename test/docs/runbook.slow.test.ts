import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { statefulSet } from '../../deploy/kubernetes/manifests.ts';
import { expectedOutput, readRunbookCommands, traceparent } from '../support/runbook-commands.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  root,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);

const commands = readRunbookCommands();
const name = statefulSet.metadata?.name ?? '';

/**
 * In place of `docker` and `kubectl`: runs what is to be run in a container here, in the folder of the service. That the
 * real ones do the same is tested where there is a stack (test/stack).
 */
const inContainer = `#!/bin/sh
while [ "$1" != app ] && [ "$1" != -- ]; do shift; done
shift
exec "$@"
`;

describe('the commands of docs/alerts.md', function () {
  this.slow(20_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: TestService;
  let env: NodeJS.ProcessEnv;

  before(async function () {
    requireTool(this, 'npm');
    requireTool(this, 'curl');
    folder = await temporaryFolder();
    for (const part of ['package.json', 'node_modules', 'otel', 'src', 'bin']) {
      await symlink(join(root, part), join(folder.path, part));
    }
    await cp(join(root, 'models'), join(folder.path, 'models'), { recursive: true });
    const path = join(folder.path, 'path');
    await mkdir(path);
    await symlink(join(root, 'bin/vigia.cjs'), join(path, 'vigia'));
    for (const program of ['docker', 'kubectl']) {
      await writeFile(join(path, program), inContainer);
      await chmod(join(path, program), 0o755);
    }
    const samplesPath = join(folder.path, 'logs/input_samples.jsonl');
    service = await startTestService({
      SAMPLES_PATH: samplesPath,
      OUTCOMES_PATH: join(folder.path, 'logs/outcomes.jsonl'),
    });
    const ids: string[] = [];
    for (let i = 0; i < 300; i++) {
      const row = {
        age: 20 + (i % 50),
        limit: 500 + 37 * (i % 90),
        history: i % 10 === 0 ? 'never seen' : i % 2 === 0 ? 'none' : 'paid',
      };
      const { body } = await postJson(`${service.api}/predict`, row, i === 7 ? { traceparent } : {});
      ids.push(body.id);
    }
    const outcomes = ids.map((id, i) => ({ id, outcome: i % 3 === 0 ? 'bad' : 'good' }));
    assert.equal((await postJson(`${service.admin}/outcomes`, outcomes)).body.accepted, ids.length);
    await eventually(async () => {
      for (const file of [samplesPath, join(folder.path, 'logs/outcomes.jsonl')]) {
        assert.equal((await readJsonLines(file)).length, ids.length);
      }
    });
    env = {
      ...process.env,
      PATH: `${path}:${process.env.PATH}`,
      ID: ids[3],
      npm_config_update_notifier: 'false',
    };
  });
  after(async () => {
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  for (const { section, dialect, line } of commands) {
    const expected = expectedOutput[section];
    if (expected === undefined) continue;
    it(`do as they say: ${section}, with ${dialect}${line.includes('.html') ? ', as a page' : ''}`, async () => {
      const here = line.replaceAll(':9464', `:${new URL(service.admin).port}`);
      const { stdout } = await run('sh', ['-c', here], { cwd: folder.path, env });
      const [, written] = /(?:--html|>) (\S+)$/.exec(line) ?? [];
      assert.match(
        written === undefined ? stdout : await readFile(join(folder.path, written), 'utf8'),
        expected,
      );
    });
  }

  it('are there for all who run the service, and are the same in each container', () => {
    for (const [, lines] of Map.groupBy(commands, ({ block }) => block)) {
      const [{ section }] = lines;
      if (section in expectedOutput) {
        assert.deepEqual(
          lines.map(({ dialect }) => dialect),
          ['npm', 'docker compose', 'kubectl'],
          section,
        );
      }
      const inContainers = lines.flatMap(
        ({ line }) =>
          /^(?:docker compose exec .*?|kubectl exec .*? --) ((?:vigia|sh|node|grep|amtool) .*)$/.exec(
            line,
          )?.[1] ?? [],
      );
      assert.ok(new Set(inContainers).size <= 1, inContainers.join('\n'));
    }
  });

  it('are there for every section of commands', () => {
    const sections = new Set(commands.map(({ section }) => section));
    for (const section of Object.keys(expectedOutput)) assert.ok(sections.has(section), section);
  });

  it('name pods that there are', () => {
    for (const { line } of commands.filter(({ dialect }) => dialect === 'kubectl')) {
      const [, pod] = /^kubectl (?:exec|describe pod|logs) (?:-n monitoring )?(\S+)/.exec(line) ?? [];
      assert.ok([`${name}-0`, 'alertmanager-main-0'].includes(pod), line);
    }
  });
});
