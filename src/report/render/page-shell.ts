import { type Html, html } from './html.ts';
import { pageStyle } from './page-style.ts';

/** What stands in a page. */
export type Page = {
  readonly title: string;
  /** Rules of this page alone. */
  readonly style?: string;
  /** A script of our own. It may not contain `</script`. */
  readonly script?: string;
  /** For a browser that runs no scripts: how often it loads the page again. */
  readonly refreshSeconds?: number;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Html;
};

/** A whole page that loads nothing from elsewhere. */
export function renderPage(page: Page): string {
  const { title, script, refreshSeconds, header, main, footer } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${refreshSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>\n`}<style>${{ html: wholeStyle(page) }}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer>${footer}</footer>
${script !== undefined && html`<script>${{ html: script }}</script>\n`}</body>
</html>
`.html;
}

/** All that stands in the page's `<style>`. */
export function wholeStyle({ style = '' }: Pick<Page, 'style'>): string {
  return pageStyle + style;
}

/** One of the few figures at the head of a page. */
export function fact(name: string, value: Html | string, detail: string | null): Html {
  return html`<div><dt>${name}</dt><dd>${value}${detail !== null && html`<small>${detail}</small>`}</dd></div>`;
}
