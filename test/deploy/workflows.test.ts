import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, matchesGlob } from 'node:path';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { requireTool, tools } from '../support/tools.ts';

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Job = {
  uses?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  steps?: Step[];
  'runs-on'?: string;
};
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

  it('may only read the repository, except for jobs that publish', () => {
    const publish = { contents: 'read', packages: 'write', 'id-token': 'write' };
    const more: Readonly<Record<string, Record<string, string>>> = {
      'codeql.yml analyze': { contents: 'read', 'security-events': 'write' },
      'release.yml npm': { contents: 'read', 'id-token': 'write' },
      'release.yml image': publish,
      'release.yml chart': publish,
      'release.yml release': { contents: 'write' },
    };
    for (const [name, { permissions, jobs }] of workflows) {
      assert.deepEqual(permissions, { contents: 'read' }, name);
      for (const [job, { permissions: own }] of Object.entries(jobs)) {
        assert.deepEqual(own, more[`${name} ${job}`], `${name}: ${job}`);
      }
    }
  });

  it('have no fault that actionlint knows', function () {
    const actionlint = requireTool(this, 'actionlint');
    const { status, stdout, stderr } = spawnSync(actionlint, ['-no-color'], { encoding: 'utf8' });
    assert.equal(stdout + stderr, '');
    assert.equal(status, 0);
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
      '.ci/tools',
      'CI=true npm run test:all',
      'npm run test:stack',
      'npm audit --omit=dev',
      'npm audit signatures',
      'npm run images -- --check',
    ]) {
      assert.ok(runOf('ci.yml').includes(command), command);
    }
    const { macos } = workflows.get('ci.yml')!.jobs;
    assert.match(macos['runs-on'] ?? '', /^macos-/);
    assert.equal(macos.steps?.at(-1)?.run, 'env -u CI npm test');
  });

  it('look for vulnerabilities in every language of the source', () => {
    const languages = /language: \[(.*)\]/.exec(texts.get('codeql.yml') ?? '')?.[1].split(', ');
    assert.deepEqual(languages, ['javascript-typescript', 'python', 'actions']);
  });

  it('publish nothing but the version that the changelog names, after all checks', () => {
    const { jobs } = workflows.get('release.yml')!;
    assert.equal(jobs.checks.uses, './.github/workflows/ci.yml');
    assert.equal(jobs.version.needs, 'checks');
    const waits = (job: string): string[] =>
      [jobs[job].needs ?? []].flat().flatMap((one) => [one, ...waits(one)]);
    for (const job of ['npm', 'image', 'chart', 'release']) assert.ok(waits(job).includes('checks'), job);
    assert.match(runOf('release.yml'), /^grep -q "\^## .*\$version.* CHANGELOG\.md/m);
  });

  it('publish the npm package with provenance, and without a token', () => {
    const { npm } = workflows.get('release.yml')!.jobs;
    assert.equal(npm.steps?.at(-1)?.run, 'npm publish --provenance --access public');
    assert.doesNotMatch(texts.get('release.yml') ?? '', /NODE_AUTH_TOKEN|secrets\./);
  });

  it('publish the chart to a registry of images, and sign it', () => {
    assert.match(runOf('release.yml'), /^helm package deploy\/helm\/vigia --version "\$VERSION"/m);
    assert.match(runOf('release.yml'), /helm push .* "oci:\/\/\$charts"/);
    assert.match(runOf('release.yml'), /^cosign sign --yes "\$charts\/vigia@\$digest"$/m);
  });

  it('take the notes of a release from the changelog, for the version alone', function () {
    const awk = requireTool(this, 'awk');
    const [, program] =
      /awk -v begin="## \[\$VERSION\]" '(.*)' CHANGELOG\.md/.exec(runOf('release.yml')) ?? [];
    const notes = execFileSync(awk, ['-v', `begin=## [${manifest.version}]`, program, 'CHANGELOG.md'], {
      encoding: 'utf8',
    });
    assert.match(notes, /^### Added\n\n- /m);
    assert.doesNotMatch(notes, /^## |^\[|Unreleased/m);
  });

  it('publish an image on the pinned base, with a bill of materials and provenance, and sign it', () => {
    const { jobs } = workflows.get('release.yml')!;
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
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8')) as {
    updates: {
      'package-ecosystem': string;
      directories: string[];
      schedule: { interval: string };
      cooldown: { 'default-days': number };
    }[];
  };

  it('asks once a week for versions that are a week old', () => {
    for (const { schedule, cooldown } of updates) {
      assert.deepEqual([schedule.interval, cooldown['default-days']], ['weekly', 7]);
    }
  });

  it('asks wherever something names versions: packages, images, actions', () => {
    const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trimEnd().split('\n');
    const manifests: Readonly<Record<string, RegExp>> = {
      npm: /^package\.json$/,
      pip: /^(requirements.*\.txt|pyproject\.toml)$/,
      docker: /^Dockerfile/,
      'docker-compose': /compose.*\.ya?ml$/,
    };
    for (const [ecosystem, name] of Object.entries(manifests)) {
      const { directories = [] } = updates.find((update) => update['package-ecosystem'] === ecosystem) ?? {};
      for (const file of files.filter((file) => name.test(basename(file)))) {
        const folder = join('/', dirname(file));
        assert.ok(
          directories.some((pattern) => matchesGlob(folder, pattern)),
          `${file}: .github/dependabot.yml does not look into ${folder} for ${ecosystem}`,
        );
      }
    }
    assert.ok(updates.some((update) => update['package-ecosystem'] === 'github-actions'));
  });
});

describe('.ci', () => {
  it('has scripts without a fault that shellcheck knows', function () {
    const shellcheck = requireTool(this, 'shellcheck');
    const scripts = readdirSync('.ci').map((name) => join('.ci', name));
    const { stdout } = spawnSync(shellcheck, ['--severity=warning', '--format=gcc', ...scripts], {
      encoding: 'utf8',
    });
    assert.equal(stdout, '');
  });

  it('installs every program that tests ask for and no system brings along', () => {
    const script = readFileSync('.ci/tools', 'utf8');
    for (const { programs } of Object.values(tools)) {
      const [first] = programs;
      assert.ok(brought.has(first) || RegExp(`\\b${first}\\b`).test(script), first);
    }
  });
});

/** What brings Node.js and Docker, and every Linux for which .ci/tools is written, has these. */
const brought = new Set([
  'awk',
  'bash',
  'dash',
  'docker',
  'mkfifo',
  'npm',
  'nsenter',
  'openssl',
  'script',
  'unshare',
]);
