import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { ExportAnswer, ExportAnswers } from './export-answers.ts';
import type { OtlpOptions } from './otlp-options.ts';

/** How an export ended: with an error, or with what the receiver answered. `items`: how many spans, points or lines. */
export type ExportOutcome =
  | { readonly items: number; readonly error: Error }
  | ({ readonly items: number; readonly error?: undefined } & ExportAnswer);

/** What reads the receivers' answers, and what is called with the outcome of each export. */
export type ExportListener = {
  readonly answers: ExportAnswers;
  readonly onOutcome: (outcome: ExportOutcome) => void;
};

/** An enumeration from a package that the exporters depend on; its values are the specification's names. */
type Compression = NonNullable<NonNullable<ConstructorParameters<typeof JsonTraces>[0]>['compression']>;

function configOf({ url, headers, timeoutMillis, compression, tls }: OtlpOptions) {
  return {
    url,
    headers: { ...headers },
    timeoutMillis,
    compression: compression as Compression,
    httpAgentOptions: { keepAlive: true, ...tls },
  };
}

/** Makes the SDK's exporter of spans over OTLP/HTTP, which reports how each export ended. */
export function createSpanExporter(options: OtlpOptions, listener: ExportListener): SpanExporter {
  const Exporter = options.format === 'http/json' ? JsonTraces : ProtobufTraces;
  return reporting(new Exporter(configOf(options)), (spans) => spans.length, listener);
}

/** The same for log records. */
export function createLogExporter(options: OtlpOptions, listener: ExportListener): LogRecordExporter {
  const Exporter = options.format === 'http/json' ? JsonLogs : ProtobufLogs;
  return reporting(new Exporter(configOf(options)), (records) => records.length, listener);
}

/** The same for metrics. */
export function createMetricExporter(options: OtlpOptions, listener: ExportListener): PushMetricExporter {
  const Exporter = options.format === 'http/json' ? JsonMetrics : ProtobufMetrics;
  return reporting(new Exporter(configOf(options)), countPoints, listener);
}

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  return scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
}

type Exporter<Items> = { export(items: Items, done: (result: ExportResult) => void): void };

/** Lets an exporter tell how its exports end. */
function reporting<Items, One extends Exporter<Items>>(
  exporter: One & Exporter<Items>,
  count: (items: Items) => number,
  { answers, onOutcome }: ExportListener,
): One {
  const send = exporter.export.bind(exporter);
  exporter.export = (batch, done) => {
    send(batch, (result) => {
      const { rejected, ...answer } = answers.take();
      const items = count(batch);
      onOutcome(
        result.code === ExportResultCode.SUCCESS
          ? { items, rejected: Math.min(items, rejected), ...answer }
          : { items, error: result.error ?? new Error('the export failed') },
      );
      done(result);
    });
  };
  return exporter;
}
