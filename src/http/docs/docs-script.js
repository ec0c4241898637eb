// The script of the page of the API, which stands within the page: it sends what the forms say. It keeps nothing.

const longestShown = 200_000;
const shownHeaders = ['content-type', 'location', 'retry-after', 'www-authenticate', 'allow', 'x-request-id'];
const examples = document.querySelector('[data-id]');
let exampleId = examples.dataset.id;

document.getElementById('scriptless').hidden = true;

for (const place of document.querySelectorAll('.base')) place.textContent = location.origin;

for (const form of document.querySelectorAll('form')) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form);
  });
  form.elements.type?.addEventListener('change', ({ target }) => {
    form.elements.body.value = target.selectedOptions[0].dataset.text;
  });
}

async function send(form) {
  const button = form.querySelector('button');
  const answer = form.querySelector('.answer');
  button.disabled = true;
  const startedMs = performance.now();
  try {
    const response = await fetch(...requestOf(form));
    const text = await readText(response);
    const took = Math.round(performance.now() - startedMs);
    show(answer, `${response.status} ${response.statusText}, after ${took} ms`, response.headers, text);
    if (response.ok) takeId(text);
  } catch (error) {
    show(answer, `No answer: ${error.message}`, new Headers(), '');
  }
  button.disabled = false;
}

function requestOf(form) {
  const headers = new Headers();
  const query = new URLSearchParams();
  const { method } = form.dataset;
  let { path } = form.dataset;
  for (const [name, value] of new FormData(form)) {
    if (value === '') continue;
    if (name.startsWith('query:')) query.set(name.slice('query:'.length), value);
    if (name.startsWith('header:')) headers.set(name.slice('header:'.length), value);
    if (name.startsWith('path:'))
      path = path.replace(`{${name.slice('path:'.length)}}`, encodeURIComponent(value));
    if (name === 'token') headers.set('authorization', `Bearer ${value}`);
    if (name === 'type') headers.set('content-type', value);
  }
  const { body, token } = form.elements;
  const url = query.size > 0 ? `${path}?${query}` : path;
  return [url, { method, headers, body: body?.value, credentials: token ? 'omit' : 'same-origin' }];
}

/** The text of an answer; of one without end, what comes first. */
async function readText(response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  let text = '';
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return text;
    text += value;
    if (isStream || text.length > longestShown) {
      reader.cancel();
      return `${text.slice(0, longestShown)}\n…`;
    }
  }
}

function show(answer, status, headers, text) {
  const lines = shownHeaders.flatMap((name) => (headers.has(name) ? [`${name}: ${headers.get(name)}`] : []));
  answer.replaceChildren(
    element('p', 'status', status),
    ...(lines.length > 0 ? [element('pre', 'headers', lines.join('\n'))] : []),
    ...(text === '' ? [] : [element('pre', 'text', pretty(text))]),
  );
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  if (name === 'pre') made.tabIndex = 0;
  return made;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Puts the id of a prediction where outcomes are reported. */
function takeId(text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return;
  }
  const id = answer.id ?? answer.ids?.[0];
  if (typeof id !== 'string') return;
  for (const area of examples.querySelectorAll('textarea')) {
    area.value = area.value.replaceAll(exampleId, id);
  }
  for (const option of examples.querySelectorAll('option[data-text]')) {
    option.dataset.text = option.dataset.text.replaceAll(exampleId, id);
  }
  exampleId = id;
}
