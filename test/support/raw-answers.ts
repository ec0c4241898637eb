import assert from 'node:assert/strict';
import { openRaw } from './raw-connection.ts';

export type RawAnswer = {
  readonly status: number;
  /** The status line and the headers, in lower case. */
  readonly head: string;
  readonly body: string;
};

/**
 * Reads the answers of a connection, one after another, by their declared lengths. All bytes must belong to one of
 * them.
 *
 * @param heads whether all answers are to HEAD and have no body, whatever they declare
 */
export function readAnswers(text: string, heads = false): RawAnswer[] {
  const answers: RawAnswer[] = [];
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', at);
    const head = bytes.toString('utf8', at, end + 2).toLowerCase();
    const [, status] = /^http\/1\.1 (\d{3}) /.exec(head) ?? assert.fail(`no answer: ${head.slice(0, 100)}`);
    const length = heads ? 0 : Number(/\ncontent-length: (\d+)\r/.exec(head)?.[1] ?? 0);
    at = end + 4 + length;
    answers.push({ status: Number(status), head, body: bytes.toString('utf8', end + 4, at) });
  }
  return answers;
}

/** Sends bytes on a new connection, and returns the answers received until the other side closed it. */
export async function exchange(url: string, sent: string | Buffer, heads = false): Promise<RawAnswer[]> {
  const { socket, closed } = openRaw(url);
  socket.write(typeof sent === 'string' ? Buffer.from(sent, 'latin1') : sent);
  return readAnswers(await closed, heads);
}

/** Asserts that an answer is a complete problem document of this kind, with the headers of every answer. */
export function assertProblem({ status, head, body }: RawAnswer, key: string): void {
  const problem = JSON.parse(body);
  assert.equal(problem.type, `urn:vigia:problem:${key}`);
  assert.equal(problem.status, status);
  for (const line of [
    'content-type: application/problem+json',
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    "content-security-policy: default-src 'none'; frame-ancestors 'none'",
  ]) {
    assert.ok(head.includes(`\n${line}\r`), `${line} is not in ${head}`);
  }
}
