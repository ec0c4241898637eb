import type { AnswerStream, RequestContext } from './request-context.ts';

/**
 * Answers with text. It is written by the outermost layer (`writeAnswer`), not by Koa, which would process its headers
 * one by one.
 */
export function send(
  context: RequestContext,
  status: number,
  mediaType: string,
  text: string | Buffer,
): void {
  context.respond = false;
  context.res.statusCode = status;
  context.state.answer = { mediaType, text };
}

/** Answers with JSON text. */
export function sendJson(context: RequestContext, text: string | Buffer, status = 200): void {
  send(context, status, 'application/json; charset=utf-8', text);
}

/** Answers with a stream. It is begun by the outermost layer, once its headers are written. */
export function sendStream(context: RequestContext, stream: AnswerStream): void {
  context.respond = false;
  context.state.stream = stream;
}
