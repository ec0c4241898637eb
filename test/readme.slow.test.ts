import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postJson, root, startTestService, type TestService } from './support/service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { requireTool } from './support/tools.ts';

const run = promisify(execFile);

/** What a newcomer follows. */
const pages = ['README.md', 'docs/comecar.md'];

/** Commands that other tests follow, by how they begin. */
const followedElsewhere = {
  'npm ci && npm test': 'by whoever runs this test',
  'npm ci && npm run demo': 'by test/demo',
  'pip install ': 'by test/docs/your-own-model.slow.test.ts',
};

describe('the README', () => {
  it('shows the real answers to its requests', async () => {
    const text = await readFile(join(root, 'README.md'), 'utf8');
    const examples = [...text.matchAll(/^\$ curl localhost:8000\/predict .* -d '(.*)'\n(\{.*\})$/gm)];
    assert.equal(examples.length, 2);
    const service = await startTestService();
    try {
      for (const [, request, shown] of examples) {
        const { body } = await postJson(`${service.api}/predict`, request);
        // these two differ from request to request, but for their length
        const { id, requestId, ...expected } = JSON.parse(shown);
        assert.equal((body.id ?? body.requestId).length, (id ?? requestId).length);
        const { id: _, requestId: __, ...answer } = body;
        assert.deepEqual(answer, expected);
      }
    } finally {
      await service.stop();
    }
  });

  it('has the same commands, examples, sections and links in Portuguese', async () => {
    assert.deepEqual(await readCommands('README.pt-BR.md'), await readCommands('README.md'));
    const [english, portuguese] = await Promise.all(
      ['README.md', 'README.pt-BR.md'].map(async (page) => {
        const text = await readFile(join(root, page), 'utf8');
        const links = [...text.matchAll(/\]\(([^)]+)\)|<(https?:[^>]+)>/g)].map(
          ([, link, bare]) => link ?? bare,
        );
        return {
          examples: /^```console\n.*?^```$/ms.exec(text)?.[0],
          sections: text.match(/^## /gm)?.length,
          // the addresses of the languages and of headings differ
          links: new Set(links.filter((link) => !/^(#|README)/.test(link))),
        };
      }),
    );
    assert.deepEqual(portuguese, english);
  });

  it('is short enough to be read', async () => {
    const lines = (await readFile(join(root, 'README.md'), 'utf8')).trimEnd().split('\n');
    assert.ok(lines.length <= 150, `${lines.length} lines`);
  });
});

for (const page of pages) {
  describe(`the commands of ${page}, followed from top to bottom`, function () {
    this.slow(60_000);

    it('work as they stand', async function () {
      for (const tool of ['npm', 'curl'] as const) requireTool(this, tool);
      await using folder = await temporaryFolder();
      await makeClone(folder.path);
      await using service = new Following(folder.path);
      let followed = 0;
      for (const command of await readCommands(page)) {
        if (Object.keys(followedElsewhere).some((beginning) => command.startsWith(beginning))) continue;
        await service.follow(command);
        followed++;
      }
      assert.ok(followed >= 5, `${followed} commands`);
    });
  });
}

/** The lines of the blocks for a shell, without their comments. */
async function readCommands(page: string): Promise<string[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)]
    .flatMap(([, code]) => code.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean);
}

/** The folder of somebody who has cloned the project and has their own tables. */
async function makeClone(folder: string): Promise<void> {
  for (const name of ['package.json', 'node_modules', 'bin', 'otel', 'src', 'data', 'docs']) {
    await symlink(join(root, name), join(folder, name));
  }
  await cp(join(root, 'models'), join(folder, 'models'), { recursive: true });
  const [head, ...rows] = (await readFile(join(root, 'data/german-credit.csv'), 'utf8')).trim().split('\n');
  const write = (name: string, header: string, lines: readonly string[]) =>
    writeFile(join(folder, name), `${[header, ...lines].join('\n')}\n`);
  const yesOrNo = rows.map((row) => row.replace(/bad$/, 'yes').replace(/good$/, 'no'));
  await write('loans.csv', head.replace(/outcome$/, 'defaulted'), yesOrNo);
  await write('january.csv', head, rows.slice(0, 500));
  await write('june.csv', head, rows.slice(500));
  await write('labelled.csv', head, rows);
  // customers whose score rises with the duration
  const scored = rows.map((row, i) => {
    const [age, limit, , duration] = row.split(',');
    return [`c${i}`, age, limit, Math.min(0.95, Number(duration) / 72), row.endsWith('bad') ? 'yes' : 'no'];
  });
  await write(
    'scored.csv',
    'id,age,limit,p_churn,churned',
    scored.map((row) => row.join(',')),
  );
  await write(
    'labels.csv',
    'customerID,churned',
    scored.map(([id, , , , churned]) => `${id},${churned}`),
  );
}

/** Simulates somebody who types the commands of a page into a shell while a service is running. */
class Following implements AsyncDisposable {
  private service: TestService | undefined;
  private readonly folder: string;
  private readonly env: NodeJS.ProcessEnv = { ...process.env, npm_config_update_notifier: 'false' };

  constructor(folder: string) {
    this.folder = folder;
  }

  /** In place of `npm start`: the same process, on free ports. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.service?.stop();
    this.service = await startTestService({
      ...settings,
      MODEL_PATH: join(this.folder, settings.MODEL_PATH ?? 'models/credit.json'),
      SAMPLES_PATH: join(this.folder, 'logs/input_samples.jsonl'),
      OUTCOMES_PATH: join(this.folder, 'logs/outcomes.jsonl'),
    });
    this.env.PORT = new URL(this.service.api).port;
    this.env.ADMIN_PORT = new URL(this.service.admin).port;
  }

  async follow(command: string): Promise<void> {
    const settings = /^((?:\w+=\S+ )*)npm start$/.exec(command.replace('npm ci && ', ''))?.[1];
    if (settings !== undefined) {
      return this.start(
        Object.fromEntries([...settings.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])),
      );
    }
    // test/stack starts the real one, with the same model
    if (command === 'docker compose up -d --wait') return this.start();
    if (command.startsWith('npm run outcomes')) await this.observeCustomers();
    // as fast as the machine can
    const hurried = command.startsWith('npm run traffic')
      ? `${command.replace(/--duration \S+/, '--count 600')} --rate 1000`
      : command.replace('curl -s localhost:8000', `curl -sS --fail localhost:${this.env.PORT}`);
    const { stderr } = await run('sh', ['-c', hurried], { cwd: this.folder, env: this.env });
    assert.doesNotMatch(stderr, /^vigia:/m, command);
    const [, written] = /--(?:html|out) (\S+)/.exec(command) ?? [];
    if (written !== undefined) await access(join(this.folder, written));
  }

  /** Scores of the customers whose labels come next, as the program around their model would send them. */
  private async observeCustomers(): Promise<void> {
    const rows = (await readFile(join(this.folder, 'scored.csv'), 'utf8')).trim().split('\n').slice(1);
    const observations = rows.map((row) => {
      const [key, age, limit, score] = row.split(',');
      return { key, features: { age: Number(age), limit: Number(limit) }, score: Number(score) };
    });
    const { body } = await postJson(`${this.service?.admin}/observations`, observations);
    assert.equal(body.accepted, rows.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service?.stop();
  }
}
