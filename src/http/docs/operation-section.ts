import { type Html, html } from '../../report/render/html.ts';
import { problemMediaType } from '../problem.ts';
import { curlSample, javascriptSample, pythonSample } from './code-samples.ts';
import { requestForm } from './request-form.ts';
import { examplesOf, type Media, type Operation, type Route, routeId } from './route.ts';
import { inlineCode, memberList, type Schema, typeText } from './schema-text.ts';

/** Everything on one operation, folded. @param base the address of the listener */
export function operationSection(route: Route, base: string): Html {
  const { method, path, operation } = route;
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const asksToken = operation.security.length > 0;
  return html`<details class="operation"><summary><b class="method">${method}</b> <code>${path}</code> <span>${inlineCode(summary)}</span></summary>
<div class="body" id="${routeId(route)}">
${description !== undefined && html`<p>${inlineCode(description)}</p>`}
${asksToken && html`<p>Needs the header <code>authorization: Bearer</code> with one of the tokens of <code>OUTCOMES_TOKEN_FILE</code>.</p>`}
${
  parameters.length > 0 &&
  html`<h3>Parameters</h3>
${memberList(parameters.map(({ name, in: place, required = false, description, schema }) => ({ name, isRequired: required, schema: { ...schema, description: `In the ${place}. ${description ?? ''}` } })))}`
}
${requestBody !== undefined && html`<h3>Body</h3>${bodies(requestBody.content)}`}
${requestForm(route, asksToken)}
<h3>From a program</h3>
${samples(route, base, asksToken)}
<h3>Answers</h3>
<dl class="members">${Object.entries(responses).map(([status, { description, content = {} }]) => html`<div><dt><code>${status}</code></dt><dd>${inlineCode(description)}${Object.entries(content).map(([type, media]) => answerText(type, media))}</dd></div>`)}</dl>
${exampleAnswers(responses)}
</div>
</details>
`;
}

function bodies(content: Readonly<Record<string, Media>>): Html {
  return html`<dl class="members">${Object.entries(content).map(
    ([type, { schema }]) =>
      html`<div><dt><code>${type}</code></dt><dd>${typeText(schema)}${schema.description !== undefined && html`<small>${schema.description}</small>`}</dd></div>`,
  )}</dl>`;
}

function answerText(type: string, { schema }: Media): Html {
  const keys = type === problemMediaType ? problemKeys(schema) : [];
  if (keys.length > 0)
    return html`<small>${keys.map((key, i) => html`${i > 0 && ', '}<a href="#problem-${key}">${key}</a>`)}</small>`;
  return html`<small><code>${type}</code>, ${typeText(schema)}</small>`;
}

/** The problem types that a schema allows, by their keys. */
function problemKeys(schema: Schema): string[] {
  const types = schema.properties?.type?.enum ?? [];
  const own = types.map((type) => String(type).slice(String(type).lastIndexOf(':') + 1));
  return [...own, ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap(problemKeys)];
}

function exampleAnswers(responses: Operation['responses']): Html[] {
  return Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.values(content)
      .flatMap(examplesOf)
      .map(
        ({ value }) =>
          html`<p class="quiet">For example, with ${status}:</p>${code(JSON.stringify(value, null, 2))}`,
      ),
  );
}

/** The request in curl, and one with a body in Python and JavaScript as well. */
function samples({ method, path, operation }: Route, base: string, asksToken: boolean): Html {
  const media = operation.requestBody?.content['application/json'];
  const body = media && examplesOf(media)[0]?.value;
  const request = { method, url: base + path, asksToken, body };
  if (body === undefined) return code(curlSample(request), base);
  return html`${[
    ['curl', curlSample(request)],
    ['Python', pythonSample(request)],
    ['JavaScript', javascriptSample(request)],
  ].map(([name, text]) => html`<h4>${name}</h4>${code(text, base)}`)}`;
}

/** Code, in which a script can put another address for that of the listener. */
function code(text: string, base?: string): Html {
  const parts = base === undefined ? [text] : text.split(base);
  return html`<pre tabindex="0"><code>${parts.map((part, i) => html`${i > 0 && html`<span class="base">${base ?? ''}</span>`}${part}`)}</code></pre>`;
}
