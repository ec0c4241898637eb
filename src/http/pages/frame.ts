import type { Deployment } from '../../deployments/deployment.ts';
import { type Html, html } from '../../report/render/html.ts';

/** The style that the pages beside the home page share. */
export const frameStyle = `
[aria-current]{color:inherit;font-weight:600;text-decoration:none}
.doubt{border-left:4px solid var(--doubt);padding-left:.75rem}
.notes{padding-left:1.25rem}
code{font-size:.875em;overflow-wrap:anywhere}
td small{white-space:nowrap}
th .badge{font-size:.8125rem}
`;

/** The pages that are of one model. */
type ModelPage = '/' | '/drift' | '/performance';

/** Where else to go, and what the page is about. @param query of `modelQuery` */
export function frame(query: string, current: ModelPage | null, about: Html | string): Html {
  return html`${pagesNav(query, current)}
<p class="kicker">${about}</p>`;
}

/** The links between the pages. @param query of `modelQuery` */
export function pagesNav(query: string, current: ModelPage | null): Html {
  const link = (path: ModelPage, text: string) =>
    html`<a href="${path}${query}"${path === current && html` aria-current="page"`}>${text}</a>`;
  return html`<nav class="kicker" aria-label="Pages">${link('/', 'Home')} · ${link('/drift', 'Drift')} · ${link('/performance', 'Performance')} · <a href="/docs">API</a> · <a href="/runbook">Runbook</a></nav>`;
}

/** `Model credit, version 26800e6a9b4c · this replica alone` */
export function modelKicker({ name, version }: Pick<Deployment['artifact'], 'name' | 'version'>): string {
  return `Model ${name}, version ${version} · this replica alone`;
}
