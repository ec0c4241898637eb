import { liveDrift } from '../../monitor/live-drift.ts';
import { windowNames } from '../../monitor/windows.ts';
import { driftRule } from '../../stats/drift.ts';
import type { Router } from '../router.ts';
import type { Service } from '../service.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character]);
const symbols = { stable: '✓', drifting: '▲', undetermined: '?' } as const;

/** `GET /` of the admin listener: the verdicts at a glance, and where the rest is. No script, nothing from elsewhere. */
export function addAdminPage(router: Router, service: Service): void {
  router.get('/', (context) => {
    context.set(
      'content-security-policy',
      "default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'",
    );
    context.type = 'html';
    context.body = page(service);
  });
}

function page({ deployment: { artifact, counts } }: Service): string {
  const windows = windowNames.map((window) => liveDrift(counts.monitor, window));
  const rows = windows[0].map(({ name }, i) => {
    const cells = windows.map((drifts) => {
      const { verdict, psi, psiNoiseCeiling, samples } = drifts[i];
      const limit = Math.max(driftRule.minPsi, psiNoiseCeiling ?? 0);
      const figure =
        psi === null
          ? 'no requests'
          : `PSI ${psi.toFixed(3)}, alarm above ${limit.toFixed(3)}, N ${samples.toLocaleString('en')}`;
      return `<td class="${verdict}">${symbols[verdict]} ${verdict}<small>${figure}</small></td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  const title = `${escapeHtml(artifact.name)} ${artifact.version}`;
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title><style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:52rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8886}
small{display:block;opacity:.75}.drifting{color:light-dark(#a3370a,#ff9a66)}.stable{color:light-dark(#1d6b45,#7ccfa3)}
</style><h1>${title}</h1><p>This replica alone; all replicas together are in Grafana. An alarm needs more drift than chance explains.</p>
<table><thead><tr><th scope="col">Has it drifted?</th>${windowNames.map((name) => `<th scope="col">last ${name}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table>
<p><a href="/drift">/drift</a> the same with both distributions · <a href="/metrics">/metrics</a> for Prometheus ·
<a href="/ready">/ready</a></p></html>`;
}
