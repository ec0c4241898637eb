import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderImportForms } from '../../grafana/dashboards-src/index.ts';
import { jaegerPages } from '../../grafana/dashboards-src/links.ts';
import type { DashboardJson, VariableJson } from '../../grafana/lint/dashboard-json.ts';
import { interpolate } from '../../grafana/lint/interpolate.ts';
import { lintDashboard } from '../../grafana/lint/lint-dashboard.ts';
import { defaultAlertSettings, readAlertSettings } from '../../src/alerts/alert-settings.ts';
import { root } from '../support/service.ts';
import { readDashboards, readSurroundings, readYaml } from './surroundings.ts';

type Input = {
  readonly name: string;
  readonly type: string;
  readonly pluginId?: string;
  readonly value?: string;
};
type Variable = VariableJson & { readonly current?: { readonly value?: string }; readonly hide?: number };
type Form = DashboardJson & {
  readonly __inputs: readonly Input[];
  readonly __elements: object;
  readonly __requires: readonly { readonly type: string; readonly id: string; readonly version: string }[];
  readonly id: null;
};

const folder = join(root, 'grafana/import');
const texts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const forms = [...texts.values()].map((text) => JSON.parse(text) as Form);

const { services } = readYaml('docker-compose.yml') as { services: { grafana: { image: string } } };
const [, grafanaVersion] = services.grafana.image.split(':');

const answers: Readonly<Record<string, string>> = {
  DS_PROMETHEUS: 'uid-of-theirs',
  VAR_JOB: 'ml/(scoring|batch)',
  VAR_RUNBOOK: 'https://wiki.test/alerts',
  VAR_TRACES: 'https://jaeger.test',
};

/** As the server of Grafana up to 12 imports: an answer stands wherever its name does. */
function importOnServer({ __inputs, ...dashboard }: Form): DashboardJson {
  const names = new Set(__inputs.map(({ name }) => name));
  return JSON.parse(JSON.stringify(dashboard), (_, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll(/\$\{(\w+)\}/g, (text, name) => (names.has(name) ? answers[name] : text))
      : value,
  );
}

/** As the pages of Grafana 13 import: answers go into variables, and into references to data sources. */
function importInBrowser({ __inputs, __elements, __requires, ...dashboard }: Form): DashboardJson {
  const answerTo = (text: unknown, type: string) => {
    const input = __inputs.find((input) => text === `\${${input.name}}` && input.type === type);
    return input && answers[input.name];
  };
  const list = (dashboard.templating?.list ?? []).map((variable: Variable) => {
    const constant = variable.type === 'constant' && answerTo(variable.query, 'constant');
    if (constant) {
      const chosen = { text: constant, value: constant };
      return { ...variable, query: constant, current: chosen, options: [chosen] };
    }
    const source = variable.type === 'datasource' && answerTo(variable.current?.value, 'datasource');
    return source ? { ...variable, current: { text: source, value: source } } : variable;
  });
  return { ...dashboard, templating: { list } };
}

/** What the variables of an imported dashboard hold that nobody chooses. */
function constantsOf(dashboard: DashboardJson): ReadonlyMap<string, string> {
  const variables = (dashboard.templating?.list ?? []) as readonly Variable[];
  return new Map(
    variables.flatMap(({ name = '', type, query }) =>
      type === 'constant' ? [[name, String(query)] as const] : [],
    ),
  );
}

describe('dashboards to import', () => {
  it('are committed as the generator writes them, one for each that is provisioned', async () => {
    const expected = renderImportForms(await readAlertSettings(), grafanaVersion);
    assert.deepEqual(Object.fromEntries(texts), Object.fromEntries(expected), 'run `npm run generate`');
    assert.deepEqual(
      forms.map(({ uid }) => uid).sort(),
      readDashboards()
        .map(({ uid }) => uid)
        .sort(),
    );
  });

  for (const form of forms) {
    const { uid, __inputs: inputs } = form;

    it(`${uid} says what it asks for and what it requires`, () => {
      assert.equal(form.id, null);
      assert.deepEqual(form.__elements, {});
      assert.equal(new Set(inputs.map(({ name }) => name)).size, inputs.length);
      for (const { name, type, pluginId, value } of inputs) {
        assert.ok(name in answers, name);
        if (type === 'datasource') assert.equal(pluginId, 'prometheus');
        else assert.ok(type === 'constant' && value, `${name} has something filled in`);
      }
      const required = (type: string) =>
        form.__requires.filter((one) => one.type === type).map(({ id }) => id);
      assert.ok(
        form.__requires.every((one) => 'name' in one && one.name),
        'each has a name',
      );
      assert.deepEqual(
        form.__requires.filter(({ type }) => type === 'grafana').map(({ version }) => version),
        [grafanaVersion],
      );
      const kinds = new Set((form.panels ?? []).map(({ type }) => type).filter((type) => type !== 'row'));
      assert.deepEqual(required('panel'), [...kinds].sort());
      const sources = new Set(JSON.stringify(form.panels).match(/"type":"(prometheus|jaeger)"/g));
      assert.equal(required('datasource').length, sources.size);
    });

    for (const [how, importForm] of Object.entries({ importOnServer, importInBrowser })) {
      it(`${uid} has no fault after ${how}`, () => {
        const imported = importForm(form);
        const constants = new Map([...constantsOf(imported), ['traces', jaegerPages]]);
        const text = JSON.stringify(imported);
        const left = /\$\{(DS|VAR)_\w+|localhost|"uid":"(prometheus|jaeger)"|job=\\"vigia/.exec(text);
        assert.equal(left?.[0], undefined, 'nothing of this installation is left');
        // with the constants put in, it is the dashboard that is provisioned with these settings
        const { datasources, ...around } = readSurroundings();
        const filled = JSON.parse(text.replaceAll(answers.VAR_TRACES, jaegerPages), (_, value: unknown) =>
          typeof value === 'string' ? interpolate(value, constants) : value,
        );
        const faults = lintDashboard(filled, {
          ...around,
          datasources,
          runbookUrl: answers.VAR_RUNBOOK,
        });
        assert.deepEqual(
          faults.map(({ where, fault }) => `${where} ${fault}`),
          [],
        );
      });
    }

    it(`${uid} asks only for what it uses`, () => {
      const { templating, ...rest } = importInBrowser(form);
      const constants = constantsOf({ templating } as DashboardJson);
      assert.equal(constants.size, inputs.length - 1);
      const text = JSON.stringify([rest, templating?.list?.filter(({ type }) => type === 'query')]);
      for (const name of constants.keys()) assert.ok(RegExp(`\\$\\{?${name}\\b`).test(text), name);
    });
  }

  it('differ from the provisioned ones in nothing else', () => {
    const provisioned = new Map(readDashboards().map((dashboard) => [dashboard.uid, dashboard]));
    for (const form of forms) {
      const constants = new Map([['job', defaultAlertSettings.jobs.service]]);
      const original = provisioned.get(form.uid) as DashboardJson;
      const expressions = (dashboard: DashboardJson) =>
        [...JSON.stringify(dashboard.panels).matchAll(/"expr":"((?:[^"\\]|\\.)*)"/g)].map(([, expr]) =>
          interpolate(expr, constants).replaceAll('=~\\"vigia\\"', '=\\"vigia\\"'),
        );
      assert.deepEqual(expressions(form), expressions(original), form.uid);
    }
  });
});
