import { createHash } from 'node:crypto';
import { type Page, renderPage, wholeStyle } from '../../report/render/page-shell.ts';
import type { RequestContext } from '../request-context.ts';

/**
 * Whether the client prefers a page to JSON, as browsers do. A client that accepts anything, such as curl, gets JSON.
 */
export function wantsPage(context: RequestContext): boolean {
  context.vary('Accept');
  return context.accepts('json', 'html') === 'html';
}

/** A page as it is sent, for one that is sent often. */
export type ReadyPage = { readonly policy: string; readonly text: string };

/**
 * Writes a page. Its content-security policy allows the one style and the one script in it, by their hashes:
 * `style` attributes, inline handlers and anything from elsewhere are blocked. A script may connect only to this
 * listener.
 */
export function preparePage(page: Page): ReadyPage {
  return { policy: policyOf(page), text: renderPage(page) };
}

export function sendReadyPage(context: RequestContext, { policy, text }: ReadyPage): void {
  context.set('content-security-policy', policy);
  context.type = 'html';
  context.body = text;
}

/** Answers with a page, as `preparePage` writes it. */
export function sendPage(context: RequestContext, page: Page): void {
  sendReadyPage(context, preparePage(page));
}

function policyOf(page: Page): string {
  const { script } = page;
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    `style-src ${sourceOf(wholeStyle(page))}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`, "connect-src 'self'"]),
  ].join('; ');
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
