import { createHash } from 'node:crypto';
import { type Page, renderPage, wholeStyle } from '../../report/render/page-shell.ts';
import type { RequestContext } from '../request-context.ts';

/**
 * Whether the client would rather have a page than JSON, as browsers would. Whoever accepts anything, such as curl, gets
 * JSON.
 */
export function wantsPage(context: RequestContext): boolean {
  context.vary('Accept');
  return context.accepts('json', 'html') === 'html';
}

/** A page as it is sent, for one that is sent often. */
export type ReadyPage = { readonly policy: string; readonly text: string };

/**
 * Writes a page. Its content-security policy names the one style and the one script that it holds, by their
 * hashes: a `style` attribute, a handler in an attribute or anything from elsewhere is not applied. A script may connect
 * to this listener alone.
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
