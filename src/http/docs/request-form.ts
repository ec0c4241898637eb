import { type Html, html } from '../../report/render/html.ts';
import { examplesOf, type Media, type Parameter, type Route, routeId } from './route.ts';

/** A form that sends the request from the page. It is hidden until the page's script runs, which it needs. */
export function requestForm(route: Route, asksToken: boolean): Html {
  const { method, path, operation } = route;
  const { parameters = [], requestBody, responses } = operation;
  const answers = Object.keys(responses['200']?.content ?? {});
  if (answers.length === 1 && answers[0] === 'text/html' && !path.includes('{')) {
    return html`<p><a href="${path}">Open the page</a></p>`;
  }
  const id = routeId(route);
  return html`<form hidden data-method="${method}" data-path="${path}" aria-label="Send ${method} ${path}">
<h3>Send it from here</h3>
${method === 'POST' && html`<p class="quiet">The request is real, and counts like any other.</p>`}
${parameters.map((parameter) => parameterField(parameter, `${id}-${parameter.name}`))}
${asksToken && html`<label for="${id}-token">Token <small>kept nowhere</small></label><input id="${id}-token" name="token" type="password" autocomplete="off" spellcheck="false">`}
${requestBody !== undefined && bodyFields(requestBody.content, id)}
<button>Send</button>
<div class="answer" aria-live="polite"></div>
</form>`;
}

function parameterField({ name, in: place, schema, required = false }: Parameter, id: string): Html {
  const field = `${place}:${name}`;
  const label = html`<label for="${id}"><code>${name}</code></label>`;
  if (schema.enum === undefined) {
    return html`${label}<input id="${id}" name="${field}" autocomplete="off" spellcheck="false">`;
  }
  const values = [...(required ? [] : ['']), ...schema.enum.map(String)];
  return html`${label}<select id="${id}" name="${field}">${values.map((value) => html`<option>${value}</option>`)}</select>`;
}

/** The body as text, and a choice of where it begins. */
function bodyFields(content: Readonly<Record<string, Media>>, id: string): Html {
  const choices = Object.entries(content).flatMap(([type, media]) =>
    examplesOf(media).map(({ name, value }) => ({
      type,
      name,
      text: typeof value === 'string' ? value : JSON.stringify(value, null, 2),
    })),
  );
  const [{ type, text }] = choices;
  const choice =
    choices.length === 1
      ? html`<input type="hidden" name="type" value="${type}">`
      : html`<label for="${id}-choice">Form of the body</label><select id="${id}-choice" name="type">${choices.map(
          ({ type, name, text }) =>
            html`<option value="${type}" data-text="${text}">${type}, ${name}</option>`,
        )}</select>`;
  return html`${choice}
<label for="${id}-body">Body</label><textarea id="${id}-body" name="body" rows="${Math.min(16, text.split('\n').length + 1)}" spellcheck="false" autocomplete="off">${text}</textarea>`;
}
