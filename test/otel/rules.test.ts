import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse, stringify } from 'yaml';
import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { severityLabels } from '../../src/alerts/severities.ts';
import { dashboards } from '../../src/rules/dashboard-links.ts';
import { renderRuleFile } from '../../src/rules/rule-file.ts';
import { alertingRules, recordedNames, ruleFiles } from '../../src/rules/rule-files.ts';
import { defaultSettings, scaleDuration } from '../../src/rules/rule-settings.ts';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { foreignMetrics, instruments } from '../../src/telemetry/instruments.ts';
import { instrumentName } from '../../src/telemetry/prometheus-names.ts';
import { requireTool } from '../support/tools.ts';
import { withoutExternalLabels } from './support/annotation-links.ts';
import { rules, run } from './support/promtool.ts';

const root = join(import.meta.dirname, '../..');
const rulesFolder = join(root, 'otel/prometheus/rules');
const generator = join(root, 'otel/prometheus/generate.ts');
const alertmanagerConfig = join(root, 'otel/alertmanager.yaml');

const alerts = alertingRules(rules);
const allRules = rules.flatMap((file) => file.groups.flatMap((group) => group.rules));

function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-rules-'));
  return use(folder).finally(() => rmSync(folder, { recursive: true }));
}

/** What a generated folder holds, by file name. */
function readFolder(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Every metric that an expression selects. */
function metricsIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      ok(!node.type.isError, `does not parse: ${expr}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        names.push(expr.slice(node.from, node.to));
      }
    },
  });
  return names;
}

describe('the rule generator', () => {
  it('writes exactly the files that are committed', () => {
    const expected = Object.fromEntries(rules.map((file) => [file.name, renderRuleFile(file)]));
    deepEqual(readFolder(rulesFolder), expected);
  });

  it('writes shorter windows with the same formulas', () =>
    withTemporaryFolder(async (folder) => {
      await run(process.execPath, [
        generator,
        '--out',
        folder,
        '--time-scale',
        '0.1',
        '--request-scale',
        '0.2',
      ]);
      const short = readFolder(folder);
      deepEqual(Object.keys(short), Object.keys(readFolder(rulesFolder)));
      const fast = alertingRules(Object.values(short).map((text) => ({ name: '', ...parse(text) }))).find(
        ({ alert }) => alert === 'ModelFeatureDriftFast',
      );
      equal(fast?.for, '12s');
      match(fast?.expr ?? '', /psi\{window="10m".*> 0\.5[\s\S]*increase >= 100$/);
      match(short['model-drift.yml'], /observations_total\[1m\]/);
      match(short['model-drift.yml'], /increase5m\[144m\]/);
      // Without times and counts the two are the same text.
      const formulas = (text: string) =>
        text.replaceAll(/\[\w+\]|offset \w+|(>=|>) \d+|\b\d+(ms|s|m|h|d)\b/g, '');
      deepEqual(
        Object.values(short).map(formulas),
        rules.map((file) => formulas(renderRuleFile(file))),
      );
    }));

  it('says what is wrong with its arguments, and writes nothing', () =>
    withTemporaryFolder(async (folder) => {
      for (const args of [
        ['--time-scale', '0'],
        ['--request-scale', 'few'],
        ['--speed', '1'],
        ['--alert-settings', 'none.json'],
      ]) {
        const failure = await run(process.execPath, [generator, '--out', folder, ...args]).then(
          () => 'it succeeded',
          (error: Error) => error.message,
        );
        match(failure, /\ngenerate: .*; --help shows the usage\n$/);
      }
      deepEqual(readdirSync(folder), []);
    }));

  it('scales durations', () => {
    equal(scaleDuration('24h', 1), '24h');
    equal(scaleDuration('10m', 0.1), '1m');
    equal(scaleDuration('2m', 0.1), '12s');
    equal(scaleDuration('7d', 0.5), '84h');
    equal(scaleDuration('30s', 0.05), '1500ms');
    equal(scaleDuration('30s', 0.001), '1s');
  });
});

describe('the rules', () => {
  it('name only metrics of the instrument table, recorded ones, and foreign ones', () => {
    const foreign = foreignMetrics.map(({ name }) => new RegExp(`^${name.replace('*', '\\w+')}$`));
    const known = new Set([
      ...recordedNames(rules),
      ...Object.values<Instrument>(instruments).flatMap((instrument) => {
        const name = instrumentName(instrument);
        return instrument.type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
      }),
    ]);
    for (const { expr } of allRules) {
      for (const metric of metricsIn(expr))
        ok(known.has(metric) || foreign.some((name) => name.test(metric)), `${metric} in ${expr}`);
    }
  });

  it('record nothing that could not have been counted', () => {
    for (const rule of allRules) ok(metricsIn(rule.expr).length > 0 || rule.expr === 'vector(1)', rule.expr);
  });

  it('name no feature of the model', () => {
    const header = readFileSync(join(root, 'data/german-credit.csv'), 'utf8').split('\n')[0].split(',');
    // The target's column has the name of one of our labels.
    const features = header.filter((name) => name !== 'outcome');
    for (const { expr } of allRules) {
      for (const name of features) ok(!new RegExp(`["|]${name}["|]`).test(expr), `${name} in ${expr}`);
    }
  });

  it('record every name and label once', () => {
    const recorded = allRules.flatMap((rule) =>
      'record' in rule ? [`${rule.record} ${JSON.stringify(rule.labels)}`] : [],
    );
    equal(new Set(recorded).size, recorded.length);
  });

  it('are accepted by promtool, with the configuration that loads them', async function () {
    const promtool = requireTool(this, 'promtool');
    await run(promtool, [
      'check',
      'rules',
      ...readdirSync(rulesFolder).map((name) => join(rulesFolder, name)),
    ]);
    const printed = await run(promtool, ['check', 'config', join(root, 'otel/prometheus/prometheus.yml')]);
    for (const { name } of rules) ok(printed.includes(name), `prometheus.yml does not load ${name}`);
  });

  it('look for the scrape jobs that exist', () => {
    const config = parse(readFileSync(join(root, 'otel/prometheus/prometheus.yml'), 'utf8'));
    const jobs: string[] = config.scrape_configs.map((job: { job_name: string }) => job.job_name);
    const named = allRules.flatMap(({ expr }) =>
      [...expr.matchAll(/\bjob!?="([^"]+)"/g)].map(([, job]) => job),
    );
    ok(named.length > 0);
    for (const job of named) ok(jobs.includes(job), job);
  });
});

describe('every alert', () => {
  const runbook = readFileSync(join(root, 'docs/alerts.md'), 'utf8');
  const sections = [...runbook.matchAll(/^### (\w+)\n([\s\S]*?)(?=^#{1,3} |$(?![\s\S]))/gm)];

  it('has a unique name, and a severity', () => {
    equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length);
    for (const { labels } of alerts) match(labels.severity, /^(critical|warning|info|none)$/);
  });

  it('says what happens, and links to its panels and its section of the runbook', () => {
    for (const { alert, annotations } of alerts) {
      deepEqual(Object.keys(annotations), ['summary', 'description', 'dashboard_url', 'runbook_url'], alert);
      for (const [key, text] of Object.entries(annotations)) ok(text.length > 0, `${alert} ${key}`);
      const dashboard = withoutExternalLabels(annotations.dashboard_url);
      const uid = /^http:\/\/localhost:3000\/d\/([\w-]+)(\?var-|$)/.exec(dashboard)?.[1];
      ok(Object.values<string | undefined>(dashboards).includes(uid), dashboard);
      const runbook = withoutExternalLabels(annotations.runbook_url);
      equal(runbook, `http://localhost:9464/runbook#${alert.toLowerCase()}`);
    }
  });

  it('links to where external labels say, which name no address of somebody else', async function () {
    const promtool = requireTool(this, 'promtool');
    const watchdog = alerts.find(({ alert }) => alert === 'Watchdog');
    ok(watchdog);
    const links = (grafana: string, runbook: string) => ({
      ...watchdog.annotations,
      dashboard_url: `${grafana}/d/telemetry-pipeline`,
      runbook_url: `${runbook}#watchdog`,
    });
    const [grafana_url, runbook_url] = ['https://grafana.test', 'https://wiki.test/alerts'];
    await withTemporaryFolder(async (folder) => {
      const file = join(folder, 'test.yaml');
      for (const [external_labels, exp_annotations] of [
        [{}, links('http://localhost:3000', 'http://localhost:9464/runbook')],
        [{ grafana_url, runbook_url }, links(grafana_url, runbook_url)],
      ]) {
        const exp_alerts = [{ exp_labels: watchdog.labels, exp_annotations }];
        const alert_rule_test = [{ eval_time: '1m', alertname: 'Watchdog', exp_alerts }];
        const rule_files = [join(rulesFolder, 'telemetry-pipeline.yml')];
        writeFileSync(file, stringify({ rule_files, tests: [{ external_labels, alert_rule_test }] }));
        await run(promtool, ['test', 'rules', file]);
      }
    });
  });

  it('has a section in docs/alerts.md, and no section is without an alert', () => {
    deepEqual(sections.map(([, name]) => name).sort(), alerts.map(({ alert }) => alert).sort());
  });

  it('is explained there: meaning, likely causes, what to do', () => {
    for (const [, name, text] of sections) {
      for (const part of ['**Meaning.**', '**Likely causes', '**What to do.**'])
        ok(text.includes(part), `${name}: ${part}`);
      const severity = alerts.find(({ alert }) => alert === name)?.labels.severity;
      const stated = {
        critical: 'Critical. ',
        warning: 'Warning. ',
        info: 'Info. ',
        none: 'Severity `none`. ',
      }[String(severity)];
      ok(stated !== undefined, name);
      ok(text.trim().startsWith(stated), `${name} is a ${severity}`);
    }
  });
});

describe('Alertmanager', () => {
  const config = parse(readFileSync(alertmanagerConfig, 'utf8'));

  it('has a configuration that amtool accepts', async function () {
    await run(requireTool(this, 'amtool'), ['check-config', alertmanagerConfig]);
  });

  /** The alerts, with severities by either custom. */
  const byNames = Object.keys(severityLabels).map((severity) => {
    const labels = { severity: severity as keyof typeof severityLabels };
    return alertingRules(ruleFiles({ ...defaultSettings, alerts: { ...defaultAlertSettings, labels } }));
  });

  it('sends every alert to a receiver that notifies somebody', async function () {
    const amtool = requireTool(this, 'amtool');
    const receivers = new Map<string, object>(
      config.receivers.map((receiver: { name: string }) => [receiver.name, receiver]),
    );
    const kinds = [...new Map(byNames.flat().map((rule) => [JSON.stringify(rule.labels), rule])).values()];
    ok(kinds.length > 8);
    await Promise.all(
      kinds.map(async ({ alert, labels: { severity, component } }) => {
        const labelled = [`alertname=${alert}`, `severity=${severity}`, `component=${component}`];
        const args = ['config', 'routes', 'test', `--config.file=${alertmanagerConfig}`, ...labelled];
        const receiver = (await run(amtool, args)).trim();
        const own = { critical: 'critical', page: 'critical', none: 'watchdog' }[String(severity)];
        equal(receiver, own ?? 'default', alert);
        ok(
          Object.keys(receivers.get(receiver) ?? {}).some((key) => key.endsWith('_configs')),
          receiver,
        );
      }),
    );
  });

  it('holds back only alerts that exist, for alerts that exist', () => {
    type Inhibition = { source_matchers: string[]; target_matchers: string[] };
    const matching = (rules: typeof alerts, matchers: string[]) =>
      rules.filter(({ alert, labels }) =>
        matchers.every((matcher) => {
          const parts = /^(\w+)(=~?)"(.*)"$/.exec(matcher);
          ok(parts !== null, matcher);
          const value = { alertname: alert, ...labels }[parts[1]];
          return parts[2] === '=' ? value === parts[3] : new RegExp(`^(?:${parts[3]})$`).test(value ?? '');
        }),
      );
    for (const { source_matchers, target_matchers } of config.inhibit_rules as Inhibition[]) {
      for (const matchers of [source_matchers, target_matchers]) {
        const [some, ...others] = byNames.map((rules) => matching(rules, matchers).map(({ alert }) => alert));
        ok(some.length > 0, matchers.join());
        for (const same of others) deepEqual(same, some, matchers.join());
        for (const [, pattern] of matchers.join().matchAll(/alertname=~?"([^"]*)"/g)) {
          const wanted = alternatives(pattern);
          for (const name of wanted)
            ok(
              alerts.some(({ alert }) => alert === name),
              name,
            );
        }
      }
    }
  });
});

/** All strings that a pattern of `|`, groups and `?` stands for. */
function alternatives(pattern: string): string[] {
  const group = /^(.*?)\(([^()]*)\)(\??)(.*)$/.exec(pattern);
  if (group === null) return pattern.split('|');
  const [, before, inner, optional, after] = group;
  return [...inner.split('|'), ...(optional === '' ? [] : [''])].flatMap((choice) =>
    alternatives(`${before}${choice}${after}`),
  );
}
