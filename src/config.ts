import { z } from 'zod';
import { replicaName } from './replica/path-pattern.ts';

const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().min(0);
const bytes = z.coerce.number().int().min(1);
const ratio = z.coerce.number().min(0).max(1);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const address = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be an address such as ${example}` }).optional();
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** One environment variable: how it is read, what it is when unset, and what the README says of it. */
type Setting = {
  readonly schema: z.ZodType;
  /** As a user would write it; an optional setting has none. */
  readonly default?: string;
  readonly description: string;
  /** Its value is never printed. */
  readonly secret?: true;
};

/** Every setting of the service, in the order in which the README lists them. */
export const settings = {
  HOST: { schema: z.string(), default: '127.0.0.1', description: 'Address of the public API.' },
  PORT: { schema: port, default: '8000', description: 'Port of the public API; 0 takes a free one.' },
  ADMIN_HOST: {
    schema: z.string(),
    default: '127.0.0.1',
    description: 'Address of the admin listener: metrics, drift, outcomes. Keep it away from outsiders.',
  },
  ADMIN_PORT: {
    schema: port,
    default: '9464',
    description: 'Port of the admin listener; 0 takes a free one.',
  },
  MODEL_PATH: {
    schema: z.string(),
    default: 'models/credit.json',
    description: 'The artifact to serve, written by `npm run train`. `SIGHUP` loads it anew.',
  },
  SERVICE_INSTANCE: {
    schema: z
      .string()
      .regex(
        replicaName,
        'must be at most 64 letters, digits, dots, dashes or underscores, and not begin with a dot',
      )
      .optional(),
    description:
      'Name of this replica; `{instance}` in a path stands for it. Unset: `replica-1`, `replica-2`, …, the first that no running replica has.',
  },
  MAX_BODY_BYTES: { schema: bytes, default: '16384', description: 'Largest body `POST /predict` reads.' },
  MAX_CONCURRENT_REQUESTS: {
    schema: bytes,
    default: '1000',
    description: 'Requests in flight beyond which the API answers 503 with `Retry-After`.',
  },
  MAX_EVENT_LOOP_DELAY_MS: {
    schema: z.coerce.number().min(1),
    default: '250',
    description: 'Event-loop delay beyond which the API sheds load in the same way.',
  },
  API_METRICS: { schema: flag, default: 'true', description: '`false` takes `/metrics` off the public API.' },
  SHUTDOWN_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(100),
    default: '2000',
    description: 'How long a stop may take: requests in flight, samples, logs and spans together.',
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    description: 'Least severe log line that is written.',
  },
  LOG_NAME: { schema: z.string(), default: 'credit-api', description: 'The `name` in every log line.' },
  LOG_SAMPLE_RATIO: {
    schema: ratio,
    default: '1',
    description: 'Share of successful requests that get a log line; errors always do.',
  },
  LOG_PAYLOAD: {
    schema: flag,
    default: 'true',
    description:
      '`false` leaves the features out of the log line; features the artifact calls sensitive always are.',
  },
  SAMPLES_PATH: {
    schema: z.string(),
    default: 'logs/input_samples.jsonl',
    description: 'Where the inputs are kept, a JSON line a prediction.',
  },
  SAMPLES_RATIO: { schema: ratio, default: '1', description: 'Share of predictions that are kept.' },
  SAMPLES_VALUES: {
    schema: z.enum(['raw', 'bins', 'off']),
    default: 'raw',
    description:
      '`bins` keeps only the bin of each feature (drift stays exact), `off` no feature at all; sensitive ones are never kept.',
  },
  SAMPLES_MAX_BYTES: {
    schema: bytes,
    default: '104857600',
    description: 'Size at which the file is rotated.',
  },
  SAMPLES_MAX_FILES: { schema: count, default: '10', description: 'Rotated files that are kept.' },
  SAMPLES_MAX_AGE_DAYS: {
    schema: z.coerce.number().positive(),
    default: '30',
    description: 'No sample is kept for longer.',
  },
  OUTCOME_KEY_FILE: {
    schema: z.string().optional(),
    description: 'File with the keys that sign prediction ids, one a line: the first signs, all verify.',
  },
  OUTCOME_KEYS: {
    schema: list.optional(),
    secret: true,
    description: 'The same keys, comma-separated. With neither set, ids do not outlive the process.',
  },
  OUTCOMES_PATH: {
    schema: z.string(),
    default: 'logs/outcomes.jsonl',
    description: 'Where accepted outcomes are kept.',
  },
  OUTCOMES_TOKEN_FILE: {
    schema: z.string().optional(),
    description:
      'File with the bearer token that opens `POST /outcomes` on the public API; unset: admin only.',
  },
  OUTCOME_MAX_AGE_DAYS: {
    schema: z.coerce.number().positive(),
    default: '400',
    description: 'Age of a prediction beyond which its outcome is refused as expired.',
  },
  OUTCOME_MATURITY_DAYS: {
    schema: z.coerce.number().min(0),
    default: '0',
    description: 'Age from which a prediction counts into realised performance.',
  },
  OUTCOME_DEDUP_URL: {
    schema: address(/^rediss?$/, 'redis://host:6379'),
    secret: true,
    description: 'Redis or Valkey through which replicas drop duplicate outcomes, `redis://host:6379`.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: address(/^https?$/, 'http://host:4318'),
    description: 'Collector for traces over OTLP/HTTP, `http://host:4318`; unset: tracing is off.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    schema: address(/^https?$/, 'http://host:4318/v1/traces'),
    description: 'The same for traces alone, with its path, `http://host:4318/v1/traces`.',
    secret: true,
  },
  OTEL_TRACES_EXPORTER: {
    schema: z.enum(['otlp', 'none']),
    default: 'otlp',
    description: '`none` turns tracing off.',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: {
    schema: z.coerce.number().int().positive(),
    default: '2000',
    description: 'Milliseconds after which an export is given up.',
  },
  OTEL_TRACES_SAMPLER: {
    schema: z.enum(samplers),
    default: 'parentbased_always_on',
    description: `Which requests are traced: ${samplers.map((name) => `\`${name}\``).join(', ')}.`,
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: ratio,
    default: '1',
    description: 'Share of requests for the ratio samplers.',
  },
  OTEL_SERVICE_NAME: {
    schema: z.string(),
    default: 'vigia',
    description: '`service.name` of spans and metrics.',
  },
  OTEL_SDK_DISABLED: { schema: flag, default: 'false', description: '`true` turns tracing off.' },
} as const satisfies Record<string, Setting>;

type Settings = typeof settings;

/** The settings' values, parsed. */
export type Config = { readonly [Name in keyof Settings]: z.output<Settings[Name]['schema']> };

/** A setting that cannot be used; its message is for the operator. */
export class ConfigError extends Error {}

/**
 * Reads the settings. An empty variable counts as unset.
 *
 * @throws ConfigError naming the variable, its value (unless secret) and what it may be
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const text = env[name]?.trim() || setting.default;
    if (text === undefined) continue;
    const result = setting.schema.safeParse(text);
    if (!result.success) {
      const shown = setting.secret ? '' : `=${text}`;
      throw new ConfigError(`${name}${shown}: ${describeIssue(result.error.issues[0])}`);
    }
    config[name] = result.data;
  }
  return config as Config;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be a ${issue.expected === 'int' ? 'whole ' : ''}number`;
  if (issue.code === 'too_small') return `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.join(' or ')}`;
  return issue.message;
}

/** The parsed settings of this process. @throws ConfigError */
export function processConfig(): Config {
  return readConfig(process.env);
}
