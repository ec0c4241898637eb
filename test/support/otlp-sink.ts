import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { freePort } from './free-port.ts';

export type SinkSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2 is SERVER. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly unknown[];
  /** 2 is ERROR. */
  readonly status?: { readonly code?: number };
  readonly resource: Readonly<Record<string, unknown>>;
};

export type OtlpSink = {
  readonly url: string;
  readonly spans: SinkSpan[];
  readonly requests: { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
  /** What to do with a request that has been read; answers 200 by default. */
  behave: ((response: ServerResponse) => void) | undefined;
  close(): void;
};

type KeyValue = { key: string; value: Record<string, unknown> };

/**
 * A real HTTP server that accepts traces over OTLP/JSON and keeps them, on a free port or on a given one.
 *
 * @param tls a certificate and its key, for HTTPS
 */
export async function startOtlpSink(port?: number, tls?: { cert: string; key: string }): Promise<OtlpSink> {
  const spans: SinkSpan[] = [];
  const requests: OtlpSink['requests'] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { headers, url = '' } = request;
    const sent = Buffer.concat(chunks);
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    requests.push({ url, headers, body });
    if (sink.behave) {
      sink.behave(response);
      return;
    }
    const document = JSON.parse(body.toString('utf8'));
    for (const { resource, scopeSpans } of document.resourceSpans ?? []) {
      for (const { spans: batch } of scopeSpans) {
        for (const span of batch) {
          spans.push({
            ...span,
            attributes: toRecord(span.attributes),
            resource: toRecord(resource.attributes),
          });
        }
      }
    }
    response.setHeader('content-type', 'application/json').end('{}');
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  // after `close` a sink can be started where this one was
  server.listen(port ?? (await freePort()), '127.0.0.1');
  await once(server, 'listening');
  const sink: OtlpSink = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    behave: undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return sink;
}

function toRecord(attributes: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toValue(value)]));
}

function toValue(value: Record<string, unknown>): unknown {
  if (value.arrayValue) {
    const { values = [] } = value.arrayValue as { values?: Record<string, unknown>[] };
    return values.map(toValue);
  }
  const [found] = Object.values(value);
  return found;
}
