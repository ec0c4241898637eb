import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { ExportAnswer, ExportAnswers } from './export-answers.ts';
import type { OtlpOptions } from './otlp-options.ts';

/** How an export ended: with an error, or with what the receiver answered. */
export type ExportOutcome =
  | { readonly spans: number; readonly error: Error }
  | ({ readonly spans: number; readonly error?: undefined } & ExportAnswer);

/** An enumeration from a package that the exporters depend on; its values are the specification's names. */
type Compression = NonNullable<NonNullable<ConstructorParameters<typeof JsonExporter>[0]>['compression']>;

const exporters = { 'http/json': JsonExporter, 'http/protobuf': ProtobufExporter } as const;

/** Makes the SDK's exporter of spans over OTLP/HTTP, which reports how each export ended. */
export function createOtlpExporter(
  { url, format, headers, timeoutMillis, compression, tls }: OtlpOptions,
  answers: ExportAnswers,
  onOutcome: (outcome: ExportOutcome) => void,
): SpanExporter {
  const exporter = new exporters[format]({
    url,
    headers: { ...headers },
    timeoutMillis,
    compression: compression as Compression,
    httpAgentOptions: { keepAlive: true, ...tls },
  });
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { rejected, ...answer } = answers.take();
        onOutcome(
          result.code === ExportResultCode.SUCCESS
            ? { spans: spans.length, rejected: Math.min(spans.length, rejected), ...answer }
            : { spans: spans.length, error: result.error ?? new Error('the export failed') },
        );
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
