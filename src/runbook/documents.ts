import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Html, html } from '../report/render/html.ts';
import type { Page } from '../report/render/page-shell.ts';

/** The runbook itself: the section about each alert. */
const runbook = 'alerts';

/** The project's documents as pages: the runbook, and what it links to. */
export type Documents = {
  /**
   * @param name that of a file without `.md`, such as `drift` or `reference/settings`; the runbook where there is none
   * @returns the page, or `undefined` where there is no such document
   * @throws Error if the documents cannot be read
   */
  readonly read: (name?: string) => Promise<Page | undefined>;
};

/** Each document is read once, when it is first asked for. @param folder where they are, `docs/` of the project */
export function createDocuments(folder = fileURLToPath(new URL('../../docs', import.meta.url))): Documents {
  let names: Promise<ReadonlySet<string>> | undefined;
  const pages = new Map<string, Promise<Page>>();
  return {
    async read(name = runbook) {
      names ??= listDocuments(folder);
      const known = await names;
      if (!known.has(name)) return undefined;
      let page = pages.get(name);
      if (page === undefined) {
        page = readDocument(folder, name, known);
        pages.set(name, page);
      }
      return page;
    },
  };
}

async function listDocuments(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Set(
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map(({ parentPath, name }) =>
        relative(folder, join(parentPath, name)).replaceAll(sep, '/').slice(0, -'.md'.length),
      ),
  );
}

async function readDocument(folder: string, name: string, known: ReadonlySet<string>): Promise<Page> {
  // most processes are never asked, and need no parser
  const { renderMarkdown } = await import('./render-markdown.ts');
  const text = await readFile(join(folder, `${name}.md`), 'utf8');
  const { title, content, sections } = renderMarkdown(text, (href) => resolveLink(href, name, known));
  return {
    title: `${title} · Vigia`,
    style,
    header: html`<p class="kicker"><a href="/">Vigia</a>${name !== runbook && html` · <a href="/runbook">Runbook</a>`}</p>`,
    main: html`<article>${withContents(content, sections)}</article>`,
    footer: html`This is docs/${name}.md of the version that runs here.`,
  };
}

/** With a list of the sections below the title. */
function withContents({ html: content }: Html, sections: readonly { title: string; anchor: string }[]): Html {
  const afterTitle = content.indexOf('</h1>') + '</h1>'.length;
  const links = sections.map(({ title, anchor }) => html`<li><a href="#${anchor}">${title}</a></li>`);
  const contents = html`<nav aria-label="Sections"><ul>${links}</ul></nav>`;
  return { html: `${content.slice(0, afterTitle)}\n${contents.html}${content.slice(afterTitle)}` };
}

/** The address of what a document links to: another one, or a page elsewhere. Other files of the project have none. */
function resolveLink(href: string, name: string, known: ReadonlySet<string>): string | undefined {
  if (/^https?:/.test(href) || href.startsWith('#')) return href;
  const { pathname, hash } = new URL(href, `file:///docs/${name}.md`);
  const target = /^\/docs\/(.+)\.md$/.exec(pathname)?.[1];
  if (target === undefined || !known.has(target)) return undefined;
  return `${target === runbook ? '/runbook' : `/runbook/${target}`}${hash}`;
}

const style = `
article h1{margin-top:.5rem}
article h3{display:block;margin:2rem 0 .5rem}
article :is(h2,h3){scroll-margin-top:1rem}
article :is(h2,h3):target{background:var(--panel);box-shadow:0 0 0 .5rem var(--panel);border-radius:3px}
article li{margin:.375rem 0;max-width:46rem}
article code{font-size:.875em;background:var(--panel);border-radius:4px;padding:.1em .3em}
article pre{overflow-x:auto;background:var(--panel);border-radius:8px;padding:.75rem 1rem}
article pre code{background:none;padding:0}
nav ul{columns:16rem;margin:.75rem 0;padding-left:1.25rem}
nav ul li{break-inside:avoid;margin:0;padding:.125rem 0}`;
