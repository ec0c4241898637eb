import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renderDashboards } from '../../grafana/dashboards-src/index.ts';
import { alertNames } from '../../src/alerts/alert-names.ts';
import {
  type AlertSettings,
  alertSettingSections,
  alertSettingsFile,
  alertSettingsJsonSchema,
  defaultAlertSettings,
  readAlertSettings,
} from '../../src/alerts/alert-settings.ts';
import { backtest } from '../../src/report/compute/backtest.ts';
import { onlyCounted } from '../../src/report/compute/drift-reference.ts';
import { createTimeline } from '../../src/report/compute/timeline.ts';
import { renderRuleFile } from '../../src/rules/rule-file.ts';
import { alertingRules, ruleFiles } from '../../src/rules/rule-files.ts';
import { defaultSettings } from '../../src/rules/rule-settings.ts';
import { durationBoundaries } from '../../src/telemetry/http-metrics.ts';
import { root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const rulesWith = (alerts: AlertSettings) => ruleFiles({ ...defaultSettings, alerts });

/** The settings of a file with this text. */
async function settingsOf(text: string): Promise<AlertSettings> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'alerts.json');
  await writeFile(path, text);
  return await readAlertSettings(path);
}

describe('a file of alert settings', () => {
  it('changes what it names, and leaves the rest unchanged', async () => {
    const settings = await settingsOf(
      '{"$schema":"x","thresholds":{"minPsi":0.2,"minRequests":{"24h":1000}},"alerts":{"Watchdog":{"for":"5m"}}}',
    );
    assert.deepEqual(settings, {
      ...defaultAlertSettings,
      thresholds: {
        ...defaultAlertSettings.thresholds,
        minPsi: 0.2,
        minRequests: { '10m': 500, '1h': 500, '24h': 1000 },
      },
      alerts: { Watchdog: { for: '5m' } },
    });
    assert.deepEqual(await settingsOf('\ufeff{}'), defaultAlertSettings, 'with a byte order mark');
  });

  it('is read from the repository if none is named, and changes nothing there', async () => {
    assert.deepEqual(await readAlertSettings(), defaultAlertSettings);
    assert.deepEqual(await readAlertSettings(join(root, 'otel/alert-settings.json')), defaultAlertSettings);
  });

  it('is described by the JSON Schema that is published', async () => {
    const { $schema } = JSON.parse(await readFile(alertSettingsFile, 'utf8'));
    const published = JSON.parse(await readFile(new URL($schema, alertSettingsFile), 'utf8'));
    assert.deepEqual(published, JSON.parse(JSON.stringify(alertSettingsJsonSchema())));
  });

  /** Another value of a setting, by what its default is. */
  const others: Readonly<Record<string, unknown>> = {
    severity: 'page-ticket-info',
    runbook: 'https://wiki.test/alerts',
    grafana: 'https://grafana.test',
    latencySeconds: 1,
  };
  const other = (name: string, value: unknown): unknown => {
    if (name in others) return others[name];
    if (typeof value === 'number') return value < 1 ? value / 2 : 2 * value;
    if (typeof value === 'string') return `other-${value}`;
    return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, other(key, one)]));
  };
  for (const [section, settings] of Object.entries(alertSettingSections)) {
    for (const name of Object.keys(settings)) {
      it(`reaches the rules with its ${section}.${name}`, async () => {
        const defaults: Readonly<Record<string, unknown>> = defaultAlertSettings[section as 'jobs'];
        const given = { [section]: { [name]: other(name, defaults[name]) } };
        const changed = await settingsOf(JSON.stringify(given));
        assert.notDeepEqual(rulesWith(changed), rulesWith(defaultAlertSettings));
      });
    }
  }

  it('may set any latency that is an edge of the histogram, and no other', async () => {
    const boundaries = durationBoundaries.filter((seconds) => seconds >= 0.005);
    for (const latencySeconds of boundaries) {
      const { objectives } = await settingsOf(JSON.stringify({ objectives: { latencySeconds } }));
      assert.equal(objectives.latencySeconds, latencySeconds);
    }
    await assert.rejects(settingsOf('{"objectives":{"latencySeconds":0.3}}'), /objectives: latencySeconds: /);
  });

  it('names the job of the service to the rules and the dashboards', async () => {
    const settings = await settingsOf('{"jobs":{"service":"shop/vigia-.*"}}');
    const texts = [...rulesWith(settings).map(renderRuleFile), ...renderDashboards(settings).values()];
    for (const text of texts) assert.doesNotMatch(text, /job=\\?"vigia\\?"/);
    assert.ok(texts.filter((text) => /job=~\\?"shop\/vigia-\.\*\\?"/.test(text)).length > 4);
  });

  it('says how any alert is raised', () => {
    const rules = alertingRules(
      rulesWith({
        ...defaultAlertSettings,
        alerts: {
          ModelFeatureDriftFast: { severity: 'warning', for: '5m', keepFiringFor: '30m' },
          TargetDown: { for: '10m' },
        },
      }),
    );
    const ruleOf = (name: string) => rules.find(({ alert }) => alert === name);
    const fast = ruleOf('ModelFeatureDriftFast');
    assert.deepEqual([fast?.labels.severity, fast?.for, fast?.keep_firing_for], ['warning', '5m', '30m']);
    const down = ruleOf('TargetDown');
    assert.deepEqual([down?.labels.severity, down?.for, down?.keep_firing_for], ['critical', '10m', '2m']);
  });

  it('may name every alert of the rules, and no other', () => {
    const ofRules = alertingRules(rulesWith(defaultAlertSettings)).map(({ alert }) => alert);
    assert.deepEqual([...new Set(ofRules)].sort(), alertNames.toSorted());
  });

  it('is used by the replay of alerts', async () => {
    const hourMs = 3_600_000;
    const bins = { kind: 'numeric', edges: [1] } as const;
    const variable = { name: 'x', bins, counts: [500, 500, 0], ...onlyCounted };
    const timeline = createTimeline(3, [300_000], 10_000);
    // two days of a third in the lower bin: PSI 0.12
    for (let i = 0; i < 4800; i++) timeline.add(i * (hourMs / 100), [i % 3 === 0 ? 0 : 1]);
    const drifts = (settings?: AlertSettings) =>
      backtest(timeline, [variable], null, settings).filter(({ alert }) => alert === 'ModelFeatureDrift');
    const [warning, ...others] = drifts();
    assert.deepEqual(others, []);
    assert.equal(warning.severity, 'warning');
    assert.deepEqual(drifts(await settingsOf('{"thresholds":{"minPsi":0.2}}')), []);
    const [critical] = drifts({
      ...defaultAlertSettings,
      labels: { severity: 'page-ticket-info' },
      alerts: { ModelFeatureDrift: { severity: 'critical', for: '75m' } },
    });
    assert.equal(critical.severity, 'page');
    assert.equal(Date.parse(critical.from) - Date.parse(warning.from), hourMs);
  });

  it('is refused if it is wrong, naming the file and the position', async () => {
    for (const [text, message] of [
      ['{', /alerts\.json: .*JSON/],
      ['[]', /alerts\.json: .*object/],
      ['{"minPSI":0.2}', /alerts\.json: Unrecognized key: "minPSI"/],
      ['{"thresholds":{"minPsi":"0.2"}}', /alerts\.json: thresholds: minPsi: /],
      ['{"thresholds":{"minPsi":0}}', /alerts\.json: thresholds: minPsi: /],
      ['{"thresholds":{"broadShare":1.5}}', /alerts\.json: thresholds: broadShare: /],
      ['{"thresholds":{"minRequests":{"7d":100}}}', /json: thresholds: minRequests: Unrecognized key: "7d"/],
      ['{"thresholds":{"minRequests":{"24h":0.5}}}', /json: thresholds: minRequests: 24h: /],
      [
        '{"links":{"runbook":"docs/alerts.md"}}',
        /json: links: runbook: must be an address that begins with http/,
      ],
      ['{"links":{"runbook":"file:///docs/alerts.md"}}', /json: links: runbook: must be an address/],
      [
        '{"links":{"grafana":"https://wiki.test/#x"}}',
        /json: links: grafana: must be an address .* has no #/,
      ],
      ['{"jobs":{"service":"vigia("}}', /json: jobs: service: must be a job name or a regular expression/],
      ['{"jobs":{"service":"a\\"b"}}', /json: jobs: service: must hold no quote/],
      ['{"labels":{"severity":"loud"}}', /json: labels: severity: /],
      ['{"objectives":{"latency":99}}', /json: objectives: latency: /],
      ['{"objectives":{"burnRates":{"2h":3}}}', /json: objectives: burnRates: Unrecognized key: "2h"/],
      ['{"alerts":{"ModelDrift":{"for":"1h"}}}', /json: alerts: there is no alert ModelDrift$/],
      ['{"alerts":{"TargetDown":{"for":"soon"}}}', /TargetDown: for: must be a duration such as 30s/],
      ['{"alerts":{"TargetDown":{"severity":"none"}}}', /TargetDown: severity: /],
    ] as const) {
      await assert.rejects(settingsOf(text), message, text);
    }
    await assert.rejects(readAlertSettings('none.json'), { message: 'none.json: no such file' });
  });

  it('goes through the command line of the rules, which writes all of them or nothing', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'alerts.json');
    const out = join(folder.path, 'rules');
    const args = ['otel/prometheus/generate.ts', '--out', out, '--alert-settings', file];
    await writeFile(file, '{"alerts":{"ModelDrift":{"for":"1h"}}}');
    await assert.rejects(run(process.execPath, args, { cwd: root }), {
      code: 2,
      stderr: `generate: ${file}: alerts: there is no alert ModelDrift; --help shows the usage\n`,
    });
    await writeFile(file, '{"thresholds":{"fastPsi":0.75}}');
    await run(process.execPath, args, { cwd: root });
    assert.equal((await readdir(out)).length, rulesWith(defaultAlertSettings).length);
    assert.match(
      await readFile(join(out, 'model-drift.yml'), 'utf8'),
      /model_feature:psi\{window="10m", .*\} > 0\.75/,
    );
  });
});
