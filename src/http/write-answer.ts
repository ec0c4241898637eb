import type { ServerResponse } from 'node:http';
import { type Problem, problemMediaType, problemText } from './problem.ts';
import type { Answer, AnswerStream, RequestContext } from './request-context.ts';
import { send } from './send.ts';

/** Answers with a problem document and the headers that belong to it. */
export function answerProblem(context: RequestContext, problem: Problem, requestId?: string): void {
  for (const [name, value] of Object.entries(problem.headers)) context.res.setHeader(name, value);
  send(context, problem.status, problemMediaType, problemText(problem, { requestId, url: context.req.url }));
}

/**
 * Writes the answer that `send` or `sendStream` prepared, or adds `headers` to an answer that Koa is going to write.
 *
 * @param headers name, value, name, value; this function may add to the list
 */
export function writeAnswer({ res, state }: RequestContext, headers: string[]): void {
  if (state.answer) {
    writeAtOnce(res, state.answer, headers);
    // it would be kept in addition to its bytes until the client has read them
    if (res.writableLength > 0) delete state.answer;
  } else if (state.stream) beginStream(res, state.stream, headers);
  else addHeaders(res, headers);
}

/** The connection ends with the stream: a service that stops would have to wait for it otherwise. */
function beginStream(res: ServerResponse, { mediaType, begin }: AnswerStream, headers: string[]): void {
  if (!headers.includes('connection')) headers.push('connection', 'close');
  res.writeHead(200, [...headers, 'content-type', mediaType]);
  begin(res);
}

/** The whole answer in one call: that costs a third of setting its headers one by one. */
function writeAtOnce(res: ServerResponse, { mediaType, text }: Answer, headers: string[]): void {
  headers.push('content-type', mediaType, 'content-length', String(Buffer.byteLength(text)));
  res.writeHead(res.statusCode, headers);
  res.end(text);
}

/** For answers that Koa writes; a header that has been set stays as it is. */
function addHeaders(res: ServerResponse, headers: readonly string[]): void {
  for (let i = 0; i < headers.length; i += 2) {
    if (!res.hasHeader(headers[i])) res.setHeader(headers[i], headers[i + 1]);
  }
}
