import assert from 'node:assert/strict';
import type { DashboardJson, LinkJson, PanelJson } from '../../grafana/lint/dashboard-json.ts';
import { lintDashboard } from '../../grafana/lint/lint-dashboard.ts';
import type { Metric, Surroundings } from '../../grafana/lint/surroundings.ts';

const metrics = new Map<string, Metric>([
  ['requests_total', { kind: 'counter', labels: new Set(['job', 'pod', 'route']) }],
  ['queue_size', { kind: 'gauge' }],
  ['job:requests:ratio', { kind: 'recorded' }],
]);

const around: Surroundings = {
  metrics: (name) => metrics.get(name),
  datasources: new Map([
    ['prometheus', 'prometheus'],
    ['jaeger', 'jaeger'],
  ]),
  dashboards: new Map([['other', new Set(['feature'])]]),
  jaegerPages: 'http://localhost:16686',
  tags: new Set(['vigia']),
  runbookUrl: 'https://wiki.example/alerts',
  runbook: new Set(['targetdown']),
};

/** `${name}`, for Grafana to fill in. */
const variable = (name: string) => `\${${name}}`;

const prometheus = { type: 'prometheus', uid: variable('source') };

const panel: PanelJson = {
  id: 2,
  type: 'timeseries',
  title: 'Requests of $job',
  description: 'Requests a second by route; they should follow the time of day.',
  datasource: prometheus,
  gridPos: { x: 0, y: 1, w: 12, h: 8 },
  targets: [
    {
      refId: 'A',
      expr: 'sum by (route) (rate(requests_total{job="$job",pod=~"$pod"}[$__rate_interval]))',
      legendFormat: '{{route}}',
    },
  ],
  fieldConfig: {
    defaults: {
      unit: 'reqps',
      noValue: 'no request in this time',
      links: [
        {
          title: 'Feature',
          url: `/d/other?${variable('__url_time_range')}&var-feature=${variable('__value.text')}`,
        },
      ],
    },
  },
  options: { legend: { displayMode: 'table', calcs: ['lastNotNull', 'max'] } },
};

/** A dashboard without a fault. */
const good: DashboardJson = {
  uid: 'good',
  title: 'Good',
  tags: ['vigia'],
  graphTooltip: 1,
  templating: {
    list: [
      { name: 'source', type: 'datasource', query: 'prometheus' },
      {
        name: 'job',
        type: 'query',
        datasource: prometheus,
        query: { query: 'label_values(requests_total, job)' },
      },
      {
        name: 'pod',
        type: 'query',
        datasource: prometheus,
        query: 'query_result(topk(3, requests_total{job="$job"}))',
        multi: true,
      },
      { name: 'window', type: 'custom', query: '10m,1h' },
    ],
  },
  annotations: { list: [{ name: 'Busy', datasource: prometheus, expr: 'queue_size > 10' }] },
  links: [
    { title: 'Siblings', type: 'dashboards', tags: ['vigia'] },
    { title: 'Traces', type: 'link', url: 'http://localhost:16686/search?service=vigia' },
    { title: 'Runbook', type: 'link', url: 'https://wiki.example/alerts#TargetDown' },
  ],
  panels: [
    { id: 1, type: 'row', title: 'Who asks?', gridPos: { x: 0, y: 0, w: 24, h: 1 } },
    panel,
    {
      id: 3,
      type: 'stat',
      title: 'Verdict',
      description: 'Whether the queue is short enough; two is not.',
      datasource: prometheus,
      gridPos: { x: 12, y: 1, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: 'job:requests:ratio{window="$window"}', instant: true }],
      fieldConfig: {
        defaults: {
          unit: 'none',
          noValue: 'nothing recorded yet',
          color: { mode: 'thresholds' },
          thresholds: { steps: [{ color: 'green' }, { color: 'red' }] },
          mappings: [{ options: { 0: { text: 'fine' }, 2: { text: 'full' } } }],
        },
      },
    },
    {
      id: 4,
      type: 'table',
      title: 'Traces',
      description: 'The traces of the time range, newest first.',
      datasource: { type: 'jaeger', uid: 'jaeger' },
      gridPos: { x: 0, y: 9, w: 24, h: 8 },
      targets: [{ refId: 'A' }],
      fieldConfig: { defaults: { unit: 'none', noValue: 'no trace in this time' } },
    },
  ],
};

const [row, , verdict] = good.panels as readonly [PanelJson, PanelJson, PanelJson];

/** The dashboard above with its time series changed. */
function withPanel(change: Partial<PanelJson>): DashboardJson {
  return { ...good, panels: [row, { ...panel, ...change }, verdict] };
}

function withExpression(expr: string): DashboardJson {
  return withPanel({ targets: [{ refId: 'A', expr, legendFormat: '{{route}}' }] });
}

function withLink(link: LinkJson): DashboardJson {
  return { ...good, links: [link] };
}

function withDefaults(
  change: Partial<NonNullable<NonNullable<PanelJson['fieldConfig']>['defaults']>>,
): DashboardJson {
  return withPanel({ fieldConfig: { defaults: { ...panel.fieldConfig?.defaults, ...change } } });
}

function without<T extends object>(object: T, key: keyof T): T {
  const copy = { ...object };
  delete copy[key];
  return copy;
}

const bad: readonly (readonly [string, DashboardJson, RegExp])[] = [
  ['no uid', without(good, 'uid'), /has no valid uid/],
  ['a uid Grafana refuses', { ...good, uid: 'a b' }, /has no valid uid/],
  ['no title', without(good, 'title'), /the dashboard has no title/],
  ['crosshairs apart', { ...good, graphTooltip: 0 }, /does not share the crosshair/],
  [
    'a variable twice',
    {
      ...good,
      templating: { list: [...(good.templating?.list ?? []), { name: 'window', type: 'textbox' }] },
    },
    /has window twice/,
  ],

  [
    'an expression that does not parse',
    withExpression('sum(rate(requests_total[$__rate_interval])'),
    /no valid PromQL/,
  ],
  ['an empty expression', withExpression(''), /has no query/],
  [
    'a metric that does not exist',
    withExpression('sum(rate(requets_total[$__rate_interval]))'),
    /names requets_total/,
  ],
  [
    'a metric matched by pattern',
    withExpression('sum({__name__=~"requests.*"})'),
    /a metric is named, not matched/,
  ],
  [
    'a label that the metric lacks',
    withExpression('rate(requests_total{path="/"}[$__rate_interval])'),
    /by path, a label it/,
  ],
  ['an unknown variable', withExpression('queue_size{job="$jobs"}'), /unknown variable \$jobs/],
  [
    'a rate over a fixed range',
    withExpression('rate(requests_total[5m])'),
    /rate\(\) over \[5m\], not \[\$__rate_interval\]/,
  ],
  [
    'an increase over an offset fixed range',
    withExpression('increase(requests_total[1h] offset 1d)'),
    /over \[1h\]/,
  ],
  [
    'a rate of a gauge',
    withExpression('rate(queue_size[$__rate_interval])'),
    /queue_size, which is no counter/,
  ],
  [
    'a rate of a recorded ratio',
    withExpression('rate(job:requests:ratio[$__rate_interval])'),
    /which is no counter/,
  ],
  ['several values compared with =', withExpression('queue_size{pod="$pod"}'), /holds several values/],
  [
    'one value taken for a pattern',
    withExpression('queue_size{job=~"$job"}'),
    /one value is taken for a pattern/,
  ],
  [
    'a fault in a variable’s query',
    {
      ...good,
      templating: {
        list: [
          ...(good.templating?.list ?? []).slice(0, 1),
          { name: 'job', type: 'query', datasource: prometheus, query: 'label_values(nobody, job)' },
        ],
      },
    },
    /variable \$job names nobody/,
  ],
  [
    'a fault in an annotation',
    { ...good, annotations: { list: [{ name: 'Busy', datasource: prometheus, expr: 'queue_size >' }] } },
    /annotation "Busy" is no valid PromQL/,
  ],

  ['a panel without title', withPanel({ title: '' }), /has no title/],
  ['a panel without description', withPanel({ description: 'Requests.' }), /says how to read it/],
  ['an unknown variable in a title', withPanel({ title: 'Requests of $jobs' }), /\$jobs in its text/],
  ['a panel without unit', withDefaults({ unit: '' }), /has no unit/],
  ['a unit Grafana does not know', withDefaults({ unit: 'requests' }), /unknown unit "requests"/],
  ['no word for no data', withDefaults({ noValue: '' }), /what "no data" means/],
  ['a panel that asks nothing', withPanel({ targets: [] }), /asks nothing/],
  ['a gauge', withPanel({ type: 'gauge' }), /is a gauge/],
  ['a pie', withPanel({ type: 'piechart' }), /is a piechart/],
  [
    'a long legend as a list',
    withPanel({ options: { legend: { displayMode: 'list', calcs: [] } } }),
    /must be a table/,
  ],
  [
    'a verdict without a word',
    withDefaults({ thresholds: { steps: [{ color: 'green' }, { color: 'red' }] } }),
    /by its colour alone/,
  ],
  ['a stat in Grafana’s green', withPanel({ type: 'stat' }), /leaves its colour to Grafana/],
  ['a tile of what was true last', withPanel({ type: 'stat' }), /more than the present/],
  [
    'a tile whose text for no data is set small',
    withPanel({
      type: 'stat',
      fieldConfig: {
        defaults: { ...panel.fieldConfig?.defaults, noValue: 'nothing recorded for this version' },
      },
    }),
    /25 characters/,
  ],
  [
    'a row that asks nothing',
    { ...good, panels: [{ ...row, title: 'Requests' }, panel] },
    /asks no question/,
  ],

  [
    'a panel beyond the last column',
    withPanel({ gridPos: { x: 16, y: 20, w: 12, h: 8 } }),
    /outside the 24 columns/,
  ],
  [
    'a panel without a place',
    without(good, 'panels') && { ...good, panels: [without(panel, 'gridPos')] },
    /no place/,
  ],
  ['a panel on top of another', withPanel({ gridPos: { x: 6, y: 1, w: 12, h: 8 } }), /lies on top of/],
  ['a panel number twice', withPanel({ id: 1 }), /panel ids has 1 twice/],
  [
    'a query letter twice',
    withPanel({ targets: [panel.targets?.[0] ?? {}, panel.targets?.[0] ?? {}] }),
    /has A twice/,
  ],

  [
    'no data source',
    good.panels ? { ...good, panels: [row, without(panel, 'datasource')] } : good,
    /names no data source/,
  ],
  [
    'a data source that is not there',
    withPanel({ datasource: { type: 'loki', uid: 'loki' } }),
    /"loki", which is not/,
  ],
  [
    'a data source of another type',
    withPanel({ datasource: { type: 'loki', uid: 'jaeger' } }),
    /as loki, but it is/,
  ],
  [
    'a data source variable that is none',
    withPanel({ datasource: { type: 'prometheus', uid: '$job' } }),
    /no variable of that/,
  ],

  [
    'a link to no dashboard',
    withLink({ title: 'x', type: 'link', url: '/d/lost' }),
    /"lost", which does not exist/,
  ],
  [
    'a link with a variable the target lacks',
    withLink({ title: 'x', type: 'link', url: '/d/other?var-bin=1' }),
    /variable bin, which it does not have/,
  ],
  [
    'a link that hands on a variable the target lacks',
    withLink({ title: 'x', type: 'link', url: `/d/other?${variable('job:queryparam')}` }),
    /variable job, which it does not have/,
  ],
  [
    'a link with an unknown variable',
    withLink({ title: 'x', type: 'link', url: '/d/other?var-feature=$feature' }),
    /unknown variable \$feature/,
  ],
  [
    'a link to no section',
    withLink({ title: 'x', type: 'link', url: 'https://wiki.example/alerts#lost' }),
    /#lost, which is no section/,
  ],
  [
    'a link elsewhere',
    withLink({ title: 'x', type: 'link', url: 'https://elsewhere.example/' }),
    /leads to https/,
  ],
  [
    'a list of no dashboards',
    withLink({ title: 'x', type: 'dashboards', tags: ['nobody'] }),
    /a tag that none has/,
  ],
  [
    'a fault in a column’s link',
    withPanel({
      fieldConfig: {
        defaults: panel.fieldConfig?.defaults ?? {},
        overrides: [{ properties: [{ id: 'links', value: [{ title: 'x', url: '/d/lost' }] }] }],
      },
    }),
    /link "x" leads to the dashboard "lost"/,
  ],
];

describe('lintDashboard', () => {
  it('finds nothing in a good dashboard', () => assert.deepEqual(lintDashboard(good, around), []));

  for (const [what, dashboard, message] of bad) {
    it(`finds ${what}`, () => {
      const faults = lintDashboard(dashboard, around).map(({ where, fault }) => `${where} ${fault}`);
      assert.ok(
        faults.some((fault) => message.test(fault)),
        `found ${JSON.stringify(faults)}`,
      );
    });
  }

  it('looks into collapsed rows', () => {
    const hidden = { ...row, collapsed: true, panels: [{ ...panel, title: '' }] };
    const faults = lintDashboard({ ...good, panels: [hidden] }, around);
    assert.ok(faults.some(({ fault }) => fault === 'has no title'));
  });
});
