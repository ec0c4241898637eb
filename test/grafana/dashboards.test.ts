import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { renderDashboards } from '../../grafana/dashboards-src/index.ts';
import { variable } from '../../grafana/dashboards-src/language.ts';
import { jaegerPages } from '../../grafana/dashboards-src/links.ts';
import { jaeger } from '../../grafana/dashboards-src/panel.ts';
import { contentPanels, type DashboardJson, type PanelJson } from '../../grafana/lint/dashboard-json.ts';
import { lintDashboard } from '../../grafana/lint/lint-dashboard.ts';
import { panelLinks } from '../../grafana/lint/lint-links.ts';
import { defaultAlertSettings, readAlertSettings } from '../../src/alerts/alert-settings.ts';
import { withoutExternalLabels } from '../otel/support/annotation-links.ts';
import {
  readCommittedTexts,
  readDashboards,
  readGeneratedManifests,
  readRules,
  readSurroundings,
  readYaml,
} from './surroundings.ts';

/** What joins the answers of queries into one table, and how its columns look. */
type Joined = PanelJson & {
  readonly transformations?: readonly {
    readonly id: string;
    readonly options?: { readonly renameByName?: Readonly<Record<string, string>> };
  }[];
};

const uids = ['model-drift', 'model-performance', 'overview', 'service', 'telemetry-pipeline'];

describe('dashboards', () => {
  const dashboards = new Map(readDashboards().map((dashboard) => [dashboard.uid ?? '', dashboard]));

  it('are committed as the generator writes them', async () => {
    assert.deepEqual(
      Object.fromEntries(readCommittedTexts()),
      Object.fromEntries(renderDashboards(await readAlertSettings())),
      'run `npm run generate` and commit what changes',
    );
  });

  it('are all there, under fixed uids', () => {
    assert.deepEqual([...dashboards.keys()].sort(), uids);
  });

  for (const uid of uids) {
    it(`${uid} has no fault`, () => {
      const faults = lintDashboard(dashboards.get(uid) as DashboardJson, readSurroundings());
      assert.deepEqual(
        faults.map(({ where, fault }) => `${where} ${fault}`),
        [],
      );
    });

    it(`${uid} begins with figures or verdicts in words`, () => {
      const panels = contentPanels(dashboards.get(uid) as DashboardJson);
      const top = Math.min(...panels.map((panel) => panel.gridPos?.y ?? 0));
      const first = panels.filter((panel) => panel.gridPos?.y === top);
      assert.ok(first.length >= 4);
      for (const panel of first) assert.equal(panel.type, 'stat', panel.title);
    });

    it(`${uid} marks alerts and leads to the traces`, () => {
      const { annotations, links } = dashboards.get(uid) as DashboardJson;
      assert.ok(annotations?.list?.some((annotation) => annotation.expr?.startsWith('ALERTS{')));
      assert.ok(links?.some((link) => link.url?.startsWith(`${jaegerPages}/search?service=vigia`)));
    });
  }

  it('show labels as they are, also a version that could be read as a number, such as 919545e71279', () => {
    for (const dashboard of dashboards.values()) {
      for (const { title, transformations = [], fieldConfig } of contentPanels(dashboard) as Joined[]) {
        const { renameByName = {} } = transformations.find(({ id }) => id === 'organize')?.options ?? {};
        const labels = Object.entries(renameByName).filter(([field]) => !/^Value|\\/.test(field));
        for (const [, column] of labels) {
          const [unit] = (fieldConfig?.overrides ?? [])
            .filter(({ matcher }) => matcher?.options === column)
            .flatMap(({ properties = [] }) => properties.filter(({ id }) => id === 'unit'));
          assert.equal(unit?.value, 'string', `${dashboard.title}: ${title}: ${column}`);
        }
      }
    }
  });

  it('name no address that is nowhere: only pages that Compose publishes', () => {
    const published = [jaegerPages, ...Object.values(defaultAlertSettings.links)].map(
      (url) => new URL(url).origin,
    );
    for (const [file, text] of [...readCommittedTexts(), ...readGeneratedManifests()]) {
      const addresses = [...text.matchAll(/https?:\/\/[^\s/"'#{]+/g)].map(([address]) => address);
      const inCluster = /^http:\/\/opentelemetry-collector\.observability(:|$)/;
      const lost = addresses.filter((address) => !published.includes(address) && !inCluster.test(address));
      assert.deepEqual(lost, [], file);
      assert.doesNotMatch(text, /runbook:|\.example\b/, file);
    }
  });

  it('lead from every mention of the runbook to its sections, wherever that is', () => {
    const around = { ...readSurroundings(), runbookUrl: 'https://wiki.test/alerts' };
    const links = { ...defaultAlertSettings.links, runbook: around.runbookUrl };
    const linked = [...renderDashboards({ ...defaultAlertSettings, links }).values()].map(
      (text) => JSON.parse(text) as DashboardJson,
    );
    for (const dashboard of linked) {
      assert.deepEqual(lintDashboard(dashboard, around), [], dashboard.uid);
      assert.ok(
        dashboard.links?.some(({ url }) => url === around.runbookUrl),
        dashboard.uid,
      );
      const sections = contentPanels(dashboard)
        .flatMap(panelLinks)
        .flatMap(({ url = '' }) => (url.startsWith(`${around.runbookUrl}#`) ? [url] : []));
      assert.ok(sections.length > (dashboard.uid === 'overview' ? 0 : 3), dashboard.uid);
    }
  });

  it('compare with the objectives that are set', () => {
    const burnRates = { ...defaultAlertSettings.objectives.burnRates, '6h': 8 };
    const objectives = {
      ...defaultAlertSettings.objectives,
      availability: 0.9995,
      latencySeconds: 0.1,
      burnRates,
    };
    const text = renderDashboards({ ...defaultAlertSettings, objectives }).get('service.json') ?? '';
    for (const part of [
      'objective of 99.95 % over',
      'within 100 ms over',
      '8 over 6h (critical)',
      '> bool 8)',
    ])
      assert.ok(text.includes(part), part);
    assert.doesNotMatch(text, /99\.5 %|within 250 ms|> bool 6\)/);
  });

  it('begin with an overview, which leads to all others', () => {
    const home = readFileSync('grafana/grafana.ini', 'utf8').match(
      /^default_home_dashboard_path = .*\/(.+)\.json$/m,
    );
    const overview = dashboards.get(home?.[1] ?? '') as DashboardJson;
    const linked = contentPanels(overview).flatMap(panelLinks);
    for (const uid of uids.filter((other) => other !== overview.uid)) {
      assert.ok(
        linked.some(({ url }) => url?.startsWith(`/d/${uid}?`)),
        uid,
      );
    }
  });

  it('hide nothing in the menu of controls', () => {
    for (const text of readCommittedTexts().values()) assert.ok(!text.includes('inControlsMenu'));
  });

  it('let the reader of the drift dashboard choose what it is about', () => {
    const names = dashboards.get('model-drift')?.templating?.list?.map((variable) => variable.name);
    assert.deepEqual(names, [
      'datasource',
      'model',
      'version',
      'window',
      'feature',
      'segment_feature',
      'segment',
    ]);
  });

  it('open a feature from its row', () => {
    const table = contentPanels(dashboards.get('model-drift') as DashboardJson).find(
      (panel) => panel.title === 'Features by what their move does',
    );
    assert.ok(table && panelLinks(table).some((link) => link.url?.includes('var-feature=')));
  });
});

describe('from an alert to its trace', () => {
  const around = readSurroundings();
  const alerts = readRules().filter((rule) => rule.alert !== undefined);

  it('there are alerts', () => assert.ok(alerts.length > 10));

  for (const { alert, annotations } of alerts) {
    it(`${alert} leads to a dashboard and has a section of the runbook`, () => {
      const link = withoutExternalLabels(annotations?.dashboard_url ?? '');
      const [path, query = ''] = link.split('?', 2);
      const uid = path.replace(`${defaultAlertSettings.links.grafana}/d/`, '');
      const variables = around.dashboards.get(uid);
      assert.ok(variables, `${path} is no dashboard`);
      for (const [, name] of query.matchAll(/var-(\w+)=/g)) {
        assert.ok(variables.has(name), `${uid} has no variable ${name}`);
      }
      const [page, anchor] = withoutExternalLabels(annotations?.runbook_url ?? '').split('#');
      assert.equal(page, around.runbookUrl);
      assert.ok(around.runbook.has(anchor), `docs/alerts.md has no section #${anchor}`);
    });
  }

  it('Jaeger is where the links say', () => assert.equal(jaegerPages, around.jaegerPages));

  it('the dashboards lead on to a data source of type Jaeger', () => {
    assert.equal(around.datasources.get(jaeger.uid), 'jaeger');
  });

  it('an exemplar opens its trace there', () => {
    const { datasources } = readYaml('grafana/provisioning/datasources/datasources.yaml') as {
      datasources: {
        uid: string;
        jsonData?: { exemplarTraceIdDestinations?: { name: string; datasourceUid?: string; url?: string }[] };
      }[];
    };
    const prometheus = datasources.find((source) => source.uid === 'prometheus');
    assert.deepEqual(
      prometheus?.jsonData?.exemplarTraceIdDestinations?.map(({ name, datasourceUid, url }) => [
        name,
        datasourceUid ?? url,
      ]),
      [
        ['trace_id', jaeger.uid],
        // Provisioning makes one $ of two.
        ['trace_id', `${jaegerPages}/trace/$${variable('__value.raw')}`],
      ],
    );
  });
});

describe('provisioning', () => {
  it('counts in the interval in which Prometheus scrapes', () => {
    const { datasources } = readYaml('grafana/provisioning/datasources/datasources.yaml') as {
      datasources: { uid: string; jsonData?: { timeInterval?: string } }[];
    };
    const { global } = readYaml('otel/prometheus/prometheus.yml') as { global: { scrape_interval: string } };
    const prometheus = datasources.find((source) => source.uid === 'prometheus');
    assert.equal(prometheus?.jsonData?.timeInterval, global.scrape_interval);
  });

  it('reads the folder that the container mounts', () => {
    const { providers } = readYaml('grafana/provisioning/dashboards/dashboards.yaml') as {
      providers: { folder: string; options: { path: string } }[];
    };
    const { services } = readYaml('docker-compose.yml') as { services: { grafana: { volumes: string[] } } };
    const mounted = services.grafana.volumes.find((volume) => volume.startsWith('./grafana/dashboards:'));
    assert.deepEqual(
      providers.map((provider) => [provider.folder, provider.options.path]),
      [['Vigia', mounted?.split(':')[1]]],
    );
  });
});
