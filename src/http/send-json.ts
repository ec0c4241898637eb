import type { Context } from 'koa';

/** Answers with JSON text. The type is set first: Koa would look into the text for it. */
export function sendJson(context: Pick<Context, 'body' | 'res'>, text: string): void {
  context.res.setHeader('content-type', 'application/json; charset=utf-8');
  context.body = text;
}
