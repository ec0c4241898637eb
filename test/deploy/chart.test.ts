import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderChart } from '../../deploy/helm/chart.ts';

const chart = 'deploy/helm/vigia';
const dashboards = 'grafana/dashboards';

describe('the Helm chart', () => {
  it('is what the generators write, besides the helpers and the notes', () => {
    const rendered = renderChart();
    const ofHand = [
      'README.md',
      'templates/NOTES.txt',
      'templates/_helpers.tpl',
      // through a link
      ...readdirSync(dashboards).map((file) => `dashboards/${file}`),
    ];
    const files = readdirSync(chart, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(chart.length + 1));
    assert.deepEqual(files.sort(), [...rendered.keys(), ...ofHand].sort());
    for (const [file, text] of rendered) {
      assert.equal(readFileSync(join(chart, file), 'utf8'), text, `${file}: run \`npm run generate\``);
    }
  });
});
