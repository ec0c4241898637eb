import { type Html, html } from './html.ts';
import { pageStyle } from './page-style.ts';

/**
 * A whole page that needs nothing else: no network, no script.
 *
 * @param parts.style rules of this page alone
 */
export function renderPage(parts: {
  readonly title: string;
  readonly style?: string;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Html;
}): string {
  const { title, style = '', header, main, footer } = parts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: pageStyle + style }}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer>${footer}</footer>
</body>
</html>
`.html;
}

/** One of the few figures at the head of a page. */
export function fact(name: string, value: Html | string, detail: string | null): Html {
  return html`<div><dt>${name}</dt><dd>${value}${detail !== null && html`<small>${detail}</small>`}</dd></div>`;
}
