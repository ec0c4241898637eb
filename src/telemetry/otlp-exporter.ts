import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  createOtlpHttpExportDelegate,
  httpAgentFactoryFromOptions,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportTracePartialSuccess,
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { OtlpOptions } from './otlp-options.ts';

/** How an export ended. */
export type ExportOutcome =
  | { readonly spans: number; readonly error: Error }
  | {
      readonly spans: number;
      readonly error?: undefined;
      /** Spans that the receiver did not take, by its own answer. */
      readonly rejected: number;
      /** What it says of that; or, with none rejected, a warning. */
      readonly message: string;
    };

const formats = {
  'http/json': { serializer: JsonTraceSerializer, contentType: 'application/json' },
  'http/protobuf': { serializer: ProtobufTraceSerializer, contentType: 'application/x-protobuf' },
} as const;

/**
 * Makes an exporter of spans over OTLP/HTTP that tells how each export ended. It differs from the SDK's
 * `OTLPTraceExporter` in two ways: it reads no environment variable, and it passes on what a receiver says in
 * `partialSuccess`, where the SDK's takes an answer of 200 for the whole story.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function createOtlpExporter(
  { url, format, headers, timeoutMillis, compression, tls }: OtlpOptions,
  onOutcome: (outcome: ExportOutcome) => void,
): SpanExporter {
  const { serializer, contentType } = formats[format];
  // set while an answer is read, and taken when the delegate reports the success, which it does in the same turn
  let partialSuccess: IExportTracePartialSuccess | undefined;
  const delegate = createOtlpHttpExportDelegate<ReadableSpan[], object>(
    {
      url,
      headers: async () => ({ ...headers, 'content-type': contentType }),
      timeoutMillis,
      compression,
      concurrencyLimit: 30,
      agentFactory: httpAgentFactoryFromOptions({ keepAlive: true, ...tls }),
    },
    {
      serializeRequest: (spans) => serializer.serializeRequest(spans),
      deserializeResponse(data) {
        partialSuccess = serializer.deserializeResponse(data)?.partialSuccess;
        return {};
      },
    },
    'otlp_http_span_exporter',
    TraceExporterMetricsHelper,
    undefined,
  );
  return {
    export(spans, done) {
      delegate.export(spans, (result) => {
        const partial = partialSuccess;
        partialSuccess = undefined;
        onOutcome(outcomeOf(spans.length, result, partial));
        done(result);
      });
    },
    forceFlush: () => delegate.forceFlush(),
    shutdown: () => delegate.shutdown(),
  };
}

function outcomeOf(
  spans: number,
  { code, error }: ExportResult,
  partial: IExportTracePartialSuccess | undefined,
): ExportOutcome {
  if (code !== ExportResultCode.SUCCESS) return { spans, error: error ?? new Error('the export failed') };
  // a 64-bit integer is a string in OTLP's JSON
  const rejected = Number(partial?.rejectedSpans ?? 0);
  return {
    spans,
    rejected: rejected > 0 ? Math.min(spans, Math.floor(rejected)) : 0,
    message: String(partial?.errorMessage ?? ''),
  };
}
