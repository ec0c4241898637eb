import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One server of the comparison. */
export type Variant = {
  readonly key: string;
  readonly label: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Why it cannot run on this machine. */
  readonly absent?: string;
};

const node = process.execPath;
const program = (name: string) => new URL(`variants/${name}.ts`, import.meta.url).pathname;

/** Where the Python packages are, according to `bench/python/README.md`. */
const python = join(process.env.BENCH_PYTHON_VENV ?? join(tmpdir(), 'vigia-bench-python'), 'bin/python');

/** Node with the memory setting of `npm start`. */
const vigiaNode = [node, '--max-semi-space-size=16'];

/**
 * Vigia as `npm start` runs it, with everything on: metrics, spans for the share `ratio` of the requests to a real
 * sink, a log line per request to a file, every sample written.
 *
 * @param sinkUrl OTLP over HTTP
 */
export function vigia(sinkUrl: string, ratio: number): Variant {
  return {
    key: `V${ratio * 100}`,
    label: `Vigia, everything on, ${ratio * 100} % of requests traced`,
    command: [...vigiaNode, '--import', './otel/register.ts', 'src/server.ts'],
    env: {
      PORT: '0',
      ADMIN_PORT: '0',
      SAMPLES_PATH: '{folder}/input_samples.jsonl',
      OUTCOMES_PATH: '{folder}/outcomes.jsonl',
      OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: String(ratio),
    },
  };
}

/** The same service with nothing watched, as the baseline for the cost of watching. */
export const unwatched: Variant = {
  key: 'U',
  label: 'Vigia with nothing watched',
  command: [...vigiaNode, program('unwatched')],
  env: { PORT: '0' },
};

/** The receiver of the traces. */
export const otlpSink: Pick<Variant, 'command'> = {
  command: [node, new URL('otlp-sink.ts', import.meta.url).pathname],
};

/** The reader to which wake-up.ts writes. */
export const wakeUpReader: Pick<Variant, 'command'> = {
  command: [node, new URL('wake-up-reader.ts', import.meta.url).pathname],
};

/** Koa with its usual router and body parser. */
export const bareKoa: Variant = {
  key: 'B',
  label: 'bare Koa with @koa/router and @koa/bodyparser',
  command: [node, program('bare-koa')],
  env: {},
};

/** What Vigia is compared with, besides bare Koa. @param sinkUrl OTLP over HTTP */
export function others(sinkUrl: string): Variant[] {
  return [
    autoInstrumented(sinkUrl, 'N', 'all requests traced (its default)', {}),
    autoInstrumented(sinkUrl, 'N10', '10 % of requests traced by its own sampler', {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    }),
    {
      key: 'P',
      label: 'bare Koa with prom-client and pino',
      command: [node, program('prom-client-koa')],
      env: {},
    },
    {
      key: 'F',
      label: 'Fastify with fastify-metrics',
      command: [node, program('fastify')],
      env: {},
    },
    fastApi(sinkUrl, 'Py', 'a pipeline on dictionaries', {}),
    fastApi(sinkUrl, 'Pd', 'a pipeline on pandas frames', { FRAMES: 'true' }),
  ];
}

function autoInstrumented(
  sinkUrl: string,
  key: string,
  traced: string,
  env: Readonly<Record<string, string>>,
): Variant {
  return {
    key,
    label: `bare Koa with auto-instrumentations-node and SDK metrics, ${traced}`,
    command: [
      node,
      '--experimental-loader=@opentelemetry/instrumentation/hook.mjs',
      '--require=@opentelemetry/auto-instrumentations-node/register',
      program('instrumented-koa'),
    ],
    env: {
      OTEL_SERVICE_NAME: 'instrumented-koa',
      OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'none',
      NODE_NO_WARNINGS: '1',
      ...env,
    },
  };
}

function fastApi(
  sinkUrl: string,
  key: string,
  pipeline: string,
  env: Readonly<Record<string, string>>,
): Variant {
  return {
    key,
    label: `FastAPI, uvicorn, OpenTelemetry, scikit-learn with ${pipeline}; a log line and a sample per request, 10 % traced`,
    command: [python, new URL('python/service.py', import.meta.url).pathname],
    env: {
      OTEL_SERVICE_NAME: 'fastapi',
      SAMPLES_PATH: '{folder}/input_samples.jsonl',
      OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      ...env,
    },
    ...(!existsSync(python) && {
      absent: `there is no ${python}; bench/python/README.md says how to make it`,
    }),
  };
}
