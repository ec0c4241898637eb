import { readFileSync } from 'node:fs';
import { type Html, html } from '../../report/render/html.ts';
import type { Page } from '../../report/render/page-shell.ts';
import type { ApiDocument } from '../openapi/api-models.ts';
import { exampleId, tags } from '../openapi/parts.ts';
import { type ProblemKey, problems } from '../problem.ts';
import { docsStyle } from './docs-style.ts';
import { operationSection } from './operation-section.ts';
import { type Operation, type Route, routeId } from './route.ts';
import { memberList, membersOf, type Schema, schemaId, typeText } from './schema-text.ts';

const script = readFileSync(new URL('./docs-script.js', import.meta.url), 'utf8');

/**
 * The API as a page for people, of all that its OpenAPI document says. It reads without scripts, which only the forms
 * need that send requests.
 *
 * @param base the address of the listener, as far as it knows: the script takes the one that the page came from
 */
export function docsPage(document: ApiDocument, base: string): Page {
  const { info, paths, components } = document;
  const routes = routesOf(paths);
  return {
    title: `${info.title}: API`,
    style: docsStyle,
    script,
    header: html`<p class="kicker">API at <span class="base">${base}</span> · Vigia ${info.version}</p>
<h1>${info.title}</h1>
${info.description.split('\n\n').map((text) => html`<p>${text}</p>`)}
${firstSteps(routes)}
<p class="quiet" id="scriptless">Without scripts this page cannot send requests. All else is here.</p>`,
    main: html`<div data-id="${exampleId}">${document.tags.map(
      ({ name }) => html`<h2>${name}</h2>
${routes.filter(({ operation }) => operation.tags.includes(name)).map((route) => operationSection(route, base))}`,
    )}</div>
<h2>Errors</h2>
<p>Every error is a problem document (RFC 9457, <code>application/problem+json</code>) with the schema <a href="#${schemaId('Problem')}">Problem</a>. Its <code>type</code> is <code>urn:vigia:problem:</code> and one of these names, which do not change; <code>detail</code> says what was wrong.</p>
<dl class="members">${Object.entries(problems).map(([key, { status, title }]) => problemEntry(key as ProblemKey, status, title))}</dl>
<h2>Schemas</h2>
${Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema))}`,
    footer: html`<a href="/openapi.json">/openapi.json</a> is what this page is made of, for programs.`,
  };
}

function routesOf(paths: Readonly<Record<string, object>>): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** What to do first, with links to where it stands. */
function firstSteps(routes: readonly Route[]): Html {
  const link = (tag: string) => {
    const route = routes.find(({ operation }) => operation.tags.includes(tag));
    return route !== undefined && html`<a href="#${routeId(route)}">${route.method} ${route.path}</a>`;
  };
  const [predict, observe, outcomes] = [link(tags.predict), link(tags.observe), link(tags.outcomes)];
  return html`<ol>
${predict && html`<li>Ask for a prediction: ${predict}. Keep the <code>id</code> of the answer.</li>`}
${observe && html`<li>${predict ? 'Or, where' : 'Where'} the model runs elsewhere, report what it predicted: ${observe}. Keep the <code>ids</code> of the answer, or send a <code>key</code> of your own.</li>`}
<li>Once you know what became of it, report the outcome under that id: ${outcomes || html`<code>POST /outcomes</code> of the admin listener, or of this one where <code>OUTCOMES_TOKEN_FILE</code> is set. Its own page, <code>/docs</code> there, has the form`}.</li>
</ol>`;
}

function problemEntry(key: ProblemKey, status: number, title: string): Html {
  return html`<div id="problem-${key}"><dt><code>${key}</code></dt><dd><code>${status}</code> ${title}</dd></div>`;
}

function schemaSection(name: string, schema: Schema): Html {
  const members = membersOf(schema);
  return html`<details class="operation"><summary><code>${name}</code> <span>${schema.description ?? ''}</span></summary>
<div class="body" id="${schemaId(name)}">${members.length > 0 ? memberList(members) : html`<p>${typeText(schema)}</p>`}</div>
</details>
`;
}
