import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contentPanels, type DashboardJson } from '../../grafana/lint/dashboard-json.ts';

const run = promisify(execFile);
const folder = 'grafana/dashboards';

/** A folder with `draw.mjs`, which draws dashboards from a Prometheus and tells what it sees, one JSON text a line. */
export const drawingTool = process.env.GRAFANA_DRAW;

export type Screen = { readonly width: number; readonly theme: 'dark' | 'light' };

type Report = {
  readonly name: string;
  readonly title: string;
  readonly problems: readonly string[];
  readonly sections: readonly {
    readonly panels: readonly {
      readonly id: number;
      readonly title: string;
      readonly warnings: readonly string[];
    }[];
  }[];
};

/** Rows of Grafana's grid that a screen of 1080 pixels shows below the header. */
const rowsSeen = 26;

/** What no picture may have: an error, text too small to read, a table that must be scrolled sideways. */
const never = /^(error: |text of \d+ px|has to be scrolled aside|cut off by width)/;
/** Nor may what is seen first have to be scrolled. */
const neverFirst = /^has to be scrolled/;

/**
 * Draws every dashboard over the last quarter of an hour, with its variables at what they choose by themselves.
 *
 * @param tool the folder of the drawing tool
 * @param to where the pictures go
 * @returns the panels drawn, and what is wrong with any of them
 */
export async function drawDashboards(
  tool: string,
  { prometheus, chromium, to, scrape }: Readonly<Record<'prometheus' | 'chromium' | 'to' | 'scrape', string>>,
  { width, theme }: Screen,
): Promise<{ readonly panels: number; readonly faults: readonly string[] }> {
  const args = [
    join(tool, 'draw.mjs'),
    ...['--json', '--prometheus', prometheus, '--chromium', chromium, '--out', to, '--scrape', scrape],
    ...['--from', 'now-15m', '--width', String(width), ...(theme === 'light' ? ['--light'] : [])],
    folder,
  ];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  const reports = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Report);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const drawn = reports.flatMap((report) => {
    const dashboard = JSON.parse(readFileSync(join(folder, `${report.name}.json`), 'utf8')) as DashboardJson;
    const top = new Map(contentPanels(dashboard).map(({ id, gridPos }) => [id, gridPos?.y ?? 0]));
    return report.sections.flatMap(({ panels }) =>
      panels.map(({ id, title, warnings }) => ({
        place: `${report.title}: ${title}`,
        faults: warnings.filter(
          (text) => never.test(text) || ((top.get(id) ?? 0) < rowsSeen && neverFirst.test(text)),
        ),
      })),
    );
  });
  return {
    panels: drawn.length,
    faults: [
      ...(reports.length === files.length ? [] : [`${reports.length} of ${files.length} dashboards drawn`]),
      ...reports.flatMap(({ title, problems }) => problems.map((text) => `${title}: ${text}`)),
      ...drawn.flatMap(({ place, faults }) => faults.map((text) => `${place}: ${text}`)),
    ],
  };
}
