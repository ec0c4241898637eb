import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { commands } from '../../src/cli/commands.ts';
import { root, startTestService } from '../support/service.ts';

function run(command: string, args: readonly string[], env: Record<string, string>) {
  return spawnSync(process.execPath, ['bin/vigia.cjs', command, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

/** Each of them ends the start of the service. */
const wrong = {
  PORT: 'abc',
  SERVICE_INSTANCE: '../x',
  OUTCOME_MATURITY_DAYS: 'soon',
  OTEL_METRICS_EXPORTER: 'console',
  OTEL_CONFIG_FILE: 'otel.yaml',
};

describe('a command whose settings are wrong', () => {
  for (const { name } of commands) {
    it(`${name} still prints its help, whatever else is asked`, () => {
      for (const args of [['--help'], ['--nonsense', '--help']]) {
        const { status, stdout, stderr } = run(name, args, wrong);
        assert.equal(status, 0, stderr);
        assert.match(stdout, /^Usage: vigia \w+/);
        assert.doesNotMatch(stdout, /abc|undefined/);
        for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
        assert.equal(stderr, '');
      }
    });
  }

  it('works when they are not its own', () => {
    const args = ['--model', 'models/credit.json', '--data', 'data/german-credit.csv', '--json'];
    const { status, stderr } = run('evaluate', args, { PORT: 'abc', OTEL_METRICS_EXPORTER: 'console' });
    assert.equal(status, 0, stderr);
  });

  it('names the one that it needs, in one line', () => {
    const { status, stdout, stderr } = run('evaluate', [], { OUTCOME_MATURITY_DAYS: 'soon' });
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.equal(stderr, 'OUTCOME_MATURITY_DAYS=soon: must be a number\n');
  });

  it('asks which model is meant where there are several', () => {
    const args = ['--data', 'data/german-credit.csv', '--json'];
    const { status, stderr } = run('evaluate', args, {
      MODEL_PATH: 'models/credit.json, models/other.json',
    });
    assert.equal(status, 2);
    const files = 'models/credit.json or models/other.json';
    assert.match(
      stderr,
      new RegExp(`^MODEL_PATH stands for several models: choose one with --model ${files} `),
    );
    const folder = run('evaluate', args, { MODEL_PATH: 'models' });
    assert.equal(folder.status, 0, folder.stderr);
  });

  it('shows in its help what is set', () => {
    const { stdout } = run('drift', ['--help'], { SAMPLES_PATH: ' /data/own.jsonl\r' });
    assert.match(stdout, /default: \/data\/own\.jsonl, from/);
  });
});

describe('vigia traffic beside a service', () => {
  it('finds both its ports by the same settings', async () => {
    const service = await startTestService();
    try {
      const port = (url: string) => new URL(url).port;
      const env = {
        HOST: '0.0.0.0',
        PORT: port(service.api),
        ADMIN_HOST: '0.0.0.0',
        ADMIN_PORT: port(service.admin),
      };
      const args = ['--count', '5', '--rate', '100', '--labels', '--label-delay', '0.01s'];
      const { status, stdout, stderr } = run('traffic', args, env);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /5 {2}200 OK/);
      assert.match(stdout, /^reported 5 outcomes: (?!.*not answered)/m);
    } finally {
      await service.stop();
    }
  });

  it('asks for an address where the port is any', () => {
    const { status, stderr } = run('traffic', ['--count', '1'], { PORT: '0' });
    assert.equal(status, 2);
    assert.match(stderr, /PORT=0 .*--url/);
    const labels = run('traffic', ['--count', '1', '--labels'], { PORT: '1', ADMIN_PORT: '0' });
    assert.match(labels.stderr, /ADMIN_PORT=0 .*--label-url/);
  });

  it('puts an IPv6 address in brackets', () => {
    const { status, stderr } = run('traffic', ['--count', '1'], { HOST: '::', PORT: '1' });
    assert.equal(status, 1);
    assert.match(stderr, /http:\/\/\[::1\]:1\/openapi\.json/);
  });
});
