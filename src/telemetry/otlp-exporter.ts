import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  createOtlpHttpExportDelegate,
  httpAgentFactoryFromOptions,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportTracePartialSuccess,
  type IExportTraceServiceResponse,
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
      /** It has answered with success, but not in OTLP: it may be something else than a receiver of spans. */
      readonly isForeign: boolean;
    };

/** What a receiver has answered. */
type Answer = Pick<Extract<ExportOutcome, { error?: undefined }>, 'isForeign'> & {
  readonly partialSuccess?: IExportTracePartialSuccess | undefined;
};

const formats = {
  'http/json': {
    contentType: 'application/json',
    serialize: JsonTraceSerializer.serializeRequest,
    // the SDK's reader takes what it cannot read for an empty answer
    read: (data: Uint8Array): IExportTraceServiceResponse => JSON.parse(new TextDecoder().decode(data)),
  },
  'http/protobuf': {
    contentType: 'application/x-protobuf',
    serialize: ProtobufTraceSerializer.serializeRequest,
    read: ProtobufTraceSerializer.deserializeResponse,
  },
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
  const { contentType, serialize, read } = formats[format];
  // set while an answer is read, and taken when the delegate reports the success, which it does in the same turn
  let answer: Answer | undefined;
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
      serializeRequest: serialize,
      deserializeResponse(data) {
        answer = readAnswer(data, read);
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
        const given = answer;
        answer = undefined;
        onOutcome(outcomeOf(spans.length, result, given));
        done(result);
      });
    },
    forceFlush: () => delegate.forceFlush(),
    shutdown: () => delegate.shutdown(),
  };
}

function readAnswer(data: Uint8Array, read: (data: Uint8Array) => IExportTraceServiceResponse): Answer {
  if (data.length === 0) return { isForeign: false };
  try {
    return { partialSuccess: read(data)?.partialSuccess, isForeign: false };
  } catch {
    return { isForeign: true };
  }
}

function outcomeOf(
  spans: number,
  { code, error }: ExportResult,
  answer: Answer = { isForeign: false },
): ExportOutcome {
  if (code !== ExportResultCode.SUCCESS) return { spans, error: error ?? new Error('the export failed') };
  const { partialSuccess, isForeign } = answer;
  // a 64-bit integer is a string in OTLP's JSON
  const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
  return {
    spans,
    rejected: rejected > 0 ? Math.min(spans, Math.floor(rejected)) : 0,
    message: String(partialSuccess?.errorMessage ?? ''),
    isForeign,
  };
}
