import type { DashboardJson, LinkJson, PanelJson } from './dashboard-json.ts';
import { builtInVariables, linkVariables, variableUses } from './interpolate.ts';
import type { Surroundings } from './surroundings.ts';

/** All links of a panel: its own, its fields', and those that overrides give to single fields. */
export function panelLinks(panel: PanelJson): LinkJson[] {
  const overridden = (panel.fieldConfig?.overrides ?? [])
    .flatMap((override) => override.properties ?? [])
    .filter((property) => property.id === 'links')
    .flatMap((property) => property.value as LinkJson[]);
  return [...(panel.links ?? []), ...(panel.fieldConfig?.defaults?.links ?? []), ...overridden];
}

/** Why a link leads nowhere, or undefined if it resolves. */
export function lintLink(link: LinkJson, dashboard: DashboardJson, around: Surroundings): string | undefined {
  if (link.type === 'dashboards') {
    const lost = (link.tags ?? []).filter((tag) => !around.tags.has(tag));
    if (lost.length > 0 || !link.tags?.length)
      return `lists dashboards by a tag that none has: ${lost.join(', ')}`;
    return undefined;
  }
  const url = link.url ?? '';
  const own = new Set((dashboard.templating?.list ?? []).map((variable) => variable.name));
  const unknown = variableUses(url).find(
    (use) => !own.has(use.name) && !builtInVariables.has(use.name) && !linkVariables.has(use.name),
  );
  if (unknown) return `uses the unknown variable ${unknown.text}`;
  if (url.startsWith('/d/')) return dashboardFault(url, around);
  if (url.startsWith(`${around.jaegerPages}/`)) return undefined;
  if (url.split('#')[0] === around.runbookUrl) return runbookFault(url, around);
  return `leads to ${url || 'nowhere'}, which is no dashboard, no page of Jaeger and no part of the runbook`;
}

/** `/d/<uid>?var-<name>=…&${name:queryparam}`: the dashboard is there and knows each variable. */
function dashboardFault(url: string, around: Surroundings): string | undefined {
  const [path, query = ''] = url.split('?', 2);
  const uid = path.split('/')[2];
  const variables = around.dashboards.get(uid);
  if (!variables) return `leads to the dashboard "${uid}", which does not exist`;
  const given = [
    ...[...query.matchAll(/(?:^|&)var-(\w+)=/g)].map((match) => match[1]),
    ...variableUses(query).flatMap((use) => (use.format === 'queryparam' ? [use.name] : [])),
  ];
  const lost = given.find((name) => !variables.has(name));
  return lost === undefined ? undefined : `gives "${uid}" the variable ${lost}, which it does not have`;
}

function runbookFault(url: string, around: Surroundings): string | undefined {
  const anchor = url.split('#')[1];
  if (anchor === undefined || anchor.includes('${') || around.runbook.has(anchor.toLowerCase()))
    return undefined;
  return `leads to #${anchor}, which is no section of the runbook`;
}
