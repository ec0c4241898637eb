import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { AlertSettings } from '../../src/alerts/alert-settings.ts';
import { runbookSection } from '../../src/alerts/links.ts';
import { variable } from './language.ts';

/** What links to the runbook begin with until {@link placeRunbook} puts in its address. */
const runbook = 'runbook:';

/** Marks the dashboards that list each other. */
export const tag = 'vigia';

/** What a click on a value, a row or a series opens. */
export type DataLink = { readonly title: string; readonly url: string; readonly targetBlank: boolean };

const keepTime = variable('__url_time_range');

/** To another dashboard, with the time range and the named variables as they are chosen now. */
export function toDashboard(uid: string, title: string, keep: readonly string[], set = ''): DataLink {
  const kept = keep.map((name) => variable(`${name}:queryparam`));
  const url = `/d/${uid}?${[keepTime, ...kept, ...(set ? [set] : [])].join('&')}`;
  return { title, url, targetBlank: false };
}

/** The SDK puts links and annotations into a menu unless told otherwise, and cannot be told; these are to be seen. */
export function visible<T extends { placement?: unknown }>(builder: Builder<T>): Builder<T> {
  return {
    build: () => {
      const built = { ...builder.build() };
      delete built.placement;
      return built;
    },
  };
}

/** The same as a link of a panel's or dashboard's own. */
export function asPanelLink(link: DataLink): Builder<DashboardLink> {
  return visible(
    new DashboardLinkBuilder(link.title)
      .type(DashboardLinkType.Link)
      .url(link.url)
      .icon('external link')
      .targetBlank(link.targetBlank)
      .tags([]),
  );
}

/** Jaeger's own pages, where `docker compose` publishes them; anyone may open those. */
export const jaegerPages = 'http://localhost:16686';

/** A search for the service's traces within the time range, `tags` as Jaeger names them. */
export function toTraces(tags: Readonly<Record<string, string>> = {}): DataLink {
  // Jaeger counts in microseconds, Grafana fills in milliseconds.
  const time = `lookback=custom&start=${variable('__from')}000&end=${variable('__to')}000`;
  const filter = Object.keys(tags).length === 0 ? '' : `&tags=${encodeURIComponent(JSON.stringify(tags))}`;
  return {
    title: 'Traces in Jaeger',
    url: `${jaegerPages}/search?service=vigia&${time}${filter}`,
    targetBlank: true,
  };
}

/** The runbook's section about an alert, whose name may be a variable of the row that was clicked. */
export function toRunbook(alert: string, title = `What to do about ${alert}`): DataLink {
  // Sections are found without regard to case; only a name known here can be put in theirs.
  return {
    title,
    url: alert.startsWith('$') ? `${runbook}#${alert}` : runbookSection(runbook, alert),
    targetBlank: true,
  };
}

/** All of the runbook. */
export const wholeRunbook: DataLink = { title: 'Runbook', url: runbook, targetBlank: true };

/** A replacer for `JSON.stringify` by which links to the runbook lead to its address. */
export function placeRunbook({ links }: AlertSettings): (key: string, value: unknown) => unknown {
  return (key, value) =>
    key === 'url' && typeof value === 'string' && value.startsWith(runbook)
      ? links.runbook + value.slice(runbook.length)
      : value;
}

/** The menu that every dashboard has: its siblings, the traces, the runbook. */
export const menu: readonly Builder<DashboardLink>[] = [
  visible(
    new DashboardLinkBuilder('Dashboards')
      .type(DashboardLinkType.Dashboards)
      .tags([tag])
      .asDropdown(false)
      .includeVars(true)
      .keepTime(true),
  ),
  asPanelLink(toTraces()),
  asPanelLink(wholeRunbook),
];
