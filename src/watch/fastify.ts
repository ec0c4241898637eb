import { finished, type Writable } from 'node:stream';
import type { AnswerCounter } from './count-answers.ts';
import { pathOf } from './path-of.ts';

/** What the plugin uses of Fastify. */
type FastifyRequest = { readonly method: string; readonly url: string; readonly body: unknown };
type FastifyReply = { readonly raw: Writable & { readonly statusCode: number } };
type Done = (error?: Error | null, payload?: unknown) => void;
type PayloadHook = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => void;
type FastifyInstance = {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): unknown;
  addHook(name: 'preSerialization' | 'onSend', hook: PayloadHook): unknown;
};

export type FastifyPlugin = (fastify: FastifyInstance, options: unknown, done: () => void) => void;

export function fastifyPlugin(count: AnswerCounter): FastifyPlugin {
  return Object.assign(
    (fastify: FastifyInstance, _options: unknown, done: () => void) => {
      const answers = new WeakMap<FastifyReply, unknown>();
      const keep: PayloadHook = (_request, reply, payload, done) => {
        // an answer that is text from the start has no object
        if (!answers.has(reply)) answers.set(reply, payload);
        done(null, payload);
      };
      fastify.addHook('onRequest', (request, reply, done) => {
        finished(reply.raw, () => {
          const { method, url, body: sent } = request;
          const { statusCode: status } = reply.raw;
          count({ method, path: pathOf(url), status, sent, answered: answers.get(reply) ?? undefined });
        });
        done();
      });
      fastify.addHook('preSerialization', keep);
      fastify.addHook('onSend', keep);
      done();
    },
    // the hooks are for the routes beside the plugin, not for routes of its own
    { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'vigia' },
  );
}
