import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readAlertSettings } from '../../src/alerts/alert-settings.ts';
import type { RuleGroup } from '../../src/rules/rule-file.ts';
import { ruleFiles } from '../../src/rules/rule-files.ts';
import { defaultSettings } from '../../src/rules/rule-settings.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

function rules(...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'bin/vigia.cjs'), 'rules', ...args], { encoding: 'utf8' });
}

const groupsIn = (text: string) => (parse(text) as { groups: RuleGroup[] }).groups;

/** Settings of a team whose Prometheus scrapes the service under another name. */
const ours = {
  jobs: { service: 'ml/scoring' },
  links: { grafana: 'https://grafana.test', runbook: 'https://wiki.test/vigia' },
  labels: { severity: 'page-ticket-info' },
  alerts: { ModelFeatureDriftFast: { for: '7m' } },
};

describe('vigia rules', () => {
  it('prints all rules as one file, whose groups have one name each', async () => {
    const { status, stdout, stderr } = rules();
    assert.equal(stderr, '');
    assert.equal(status, 0);
    const groups = groupsIn(stdout);
    const expected = ruleFiles({ ...defaultSettings, alerts: await readAlertSettings() });
    assert.deepEqual(
      groups,
      expected.flatMap((file) => file.groups),
    );
    assert.equal(new Set(groups.map(({ name }) => name)).size, groups.length);
  });

  it('writes them with the settings of one’s own Prometheus, readable by it, and promtool accepts them', async function () {
    const promtool = requireTool(this, 'promtool');
    await using folder = await temporaryFolder();
    const settings = await folder.write('ours.json', JSON.stringify(ours));
    const out = join(folder.path, 'vigia-rules.yml');
    assert.equal(rules('--alert-settings', settings, '--out', out).stdout, `written    ${out}\n`);
    assert.equal((await stat(out)).mode & 0o444, 0o444);
    const text = await readFile(out, 'utf8');
    assert.match(text, /job="ml\/scoring"/);
    assert.doesNotMatch(text, /job="vigia"|localhost/);
    assert.match(text, /^ +severity: page$/m);
    const fast = groupsIn(text)
      .flatMap((group) => group.rules)
      .find((rule) => 'alert' in rule && rule.alert === 'ModelFeatureDriftFast');
    assert.ok(fast !== undefined && 'for' in fast && fast.for === '7m');
    // promtool fails on what its linter finds, too
    assert.match(
      execFileSync(promtool, ['check', 'rules', '--lint-fatal', out], { encoding: 'utf8' }),
      /SUCCESS/,
    );
  });

  it('says in one line what is wrong with the settings', async () => {
    await using folder = await temporaryFolder();
    const settings = await folder.write('ours.json', '{"jobs":{"servise":"x"}}');
    const { status, stdout, stderr } = rules('--alert-settings', settings);
    assert.match(stderr, /ours\.json: jobs: .*servise.*\n$/);
    assert.equal(stdout, '');
    assert.equal(status, 1);
  });
});
