import type { PanelJson } from './dashboard-json.ts';

const columns = 24;

/** Panels outside Grafana's 24 columns or on top of each other. O(panels²). */
export function lintGrid(
  panels: readonly PanelJson[],
): { readonly panel: PanelJson; readonly fault: string }[] {
  return panels.flatMap((panel, i) => {
    const box = panel.gridPos;
    if (!box) return [{ panel, fault: 'has no place in the grid' }];
    const whole = [box.x, box.y, box.w, box.h].every(Number.isInteger);
    const faults = [];
    if (!whole || box.x < 0 || box.y < 0 || box.w < 1 || box.h < 1 || box.x + box.w > columns) {
      faults.push({ panel, fault: `lies outside the ${columns} columns: ${JSON.stringify(box)}` });
    }
    for (const other of panels.slice(0, i)) {
      if (other.gridPos && overlap(box, other.gridPos)) {
        faults.push({ panel, fault: `lies on top of "${other.title ?? other.id}"` });
      }
    }
    return faults;
  });
}

type Box = NonNullable<PanelJson['gridPos']>;

const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
