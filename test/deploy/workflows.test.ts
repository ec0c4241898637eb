import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Job = { uses?: string; needs?: string; permissions?: Record<string, string>; steps?: Step[] };
type Workflow = {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
};

const folder = '.github/workflows';
const texts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const runOf = (name: string) =>
  stepsOf(workflows.get(name)!)
    .map(({ run = '' }) => run)
    .join('\n');

describe('the workflows', () => {
  it('name each action by its commit, with its version beside it, and one version of each', () => {
    const versions = new Map<string, string>();
    for (const [name, text] of texts) {
      const uses = [...text.matchAll(/\buses: *(.*)$/gm)].map(([, action]) => action);
      for (const action of uses.filter((one) => !one.startsWith('./'))) {
        const [, which, at] = /^([\w.-]+\/[\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(action) ?? [];
        assert.ok(which, `${name}: ${action}`);
        assert.equal(versions.get(which) ?? at, at, which);
        versions.set(which, at);
      }
    }
    assert.ok(versions.size > 5);
  });

  it('may only read the repository, except for the job that publishes the image', () => {
    for (const [name, { permissions, jobs }] of workflows) {
      assert.deepEqual(permissions, { contents: 'read' }, name);
      for (const [job, { permissions: own }] of Object.entries(jobs)) {
        const expected =
          name === 'release.yml' && job === 'image'
            ? { contents: 'read', packages: 'write', 'id-token': 'write' }
            : undefined;
        assert.deepEqual(own, expected, `${name}: ${job}`);
      }
    }
  });

  it('leave no token behind for what runs after the checkout', () => {
    for (const [name, workflow] of workflows) {
      for (const { uses = '', with: given } of stepsOf(workflow)) {
        if (uses.startsWith('actions/checkout@')) assert.equal(given?.['persist-credentials'], false, name);
      }
    }
  });

  it('run only scripts that there are', () => {
    for (const [name, text] of texts) {
      for (const [, script] of text.matchAll(/npm run ([\w:]+)/g)) {
        assert.ok(script in manifest.scripts, `${name}: ${script}`);
      }
    }
  });

  it('check every change, and once a day: tests, the stack, advisories, signatures', () => {
    const { on } = workflows.get('ci.yml')!;
    for (const event of ['push', 'pull_request']) assert.ok(event in on, event);
    const [{ cron }] = on.schedule as { cron: string }[];
    assert.match(cron, /^\d+ \d+ \* \* \*$/);
    for (const command of [
      'npm run test:all',
      'npm run test:stack',
      'npm audit --omit=dev',
      'npm audit signatures',
      'npm run images -- --check',
    ]) {
      assert.ok(runOf('ci.yml').includes(command), command);
    }
  });

  it('publish an image on the pinned base, with a bill of materials and provenance, and sign it', () => {
    const { jobs } = workflows.get('release.yml')!;
    assert.equal(jobs.checks.uses, './.github/workflows/ci.yml');
    assert.equal(jobs.image.needs, 'checks');
    const build = jobs.image.steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))?.with;
    assert.equal(build?.sbom, true);
    assert.equal(build?.provenance, 'mode=max');
    assert.match(String(build?.platforms), /linux\/amd64,linux\/arm64/);
    assert.match(String(build?.['build-args']), /^BASE=/m);
    assert.match(runOf('release.yml'), /docker-compose\.digests\.yml config .*build\.args\.BASE/);
    assert.match(runOf('release.yml'), /^cosign sign --yes "\$IMAGE"$/m);
    assert.match(
      runOf('release.yml'),
      /^cosign attest .*--type cyclonedx --predicate sbom\.cdx\.json "\$IMAGE"$/m,
    );
  });
});

describe('.github/dependabot.yml', () => {
  it('asks once a week for versions of packages, images and actions that are a week old', () => {
    const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8')) as {
      updates: {
        'package-ecosystem': string;
        directory: string;
        schedule: { interval: string };
        cooldown: { 'default-days': number };
      }[];
    };
    assert.deepEqual(
      updates.map((update) => [update['package-ecosystem'], update.directory]),
      ['npm', 'docker', 'docker-compose', 'github-actions'].map((ecosystem) => [ecosystem, '/']),
    );
    for (const { schedule, cooldown } of updates) {
      assert.deepEqual([schedule.interval, cooldown['default-days']], ['weekly', 7]);
    }
  });
});
