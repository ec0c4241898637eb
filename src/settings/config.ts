import { z } from 'zod';
import { replicaName } from '../files/path-pattern.ts';
import { otelSettings, refusedVariables } from './otel-settings.ts';
import {
  address,
  count,
  flag,
  hostNames,
  list,
  milliseconds,
  oneOf,
  port,
  ratio,
  type Setting,
  size,
} from './setting-types.ts';

/** The settings of the service itself, in the order in which docs/reference/settings.md lists them. */
export const serviceSettings = {
  HOST: { schema: z.string(), default: '127.0.0.1', description: 'Address of the public API.' },
  PORT: { schema: port, default: '8000', description: 'Port of the public API; 0 chooses a free one.' },
  ADMIN_HOST: {
    schema: z.string(),
    default: '127.0.0.1',
    description: 'Address of the admin listener: metrics, drift, outcomes. Do not expose it to outsiders.',
  },
  ADMIN_PORT: {
    schema: port,
    default: '9464',
    description: 'Port of the admin listener; 0 chooses a free one.',
  },
  ALLOWED_HOSTS: {
    schema: hostNames.optional(),
    description:
      'Names, comma-separated, under which clients may call the service. IP addresses, `localhost` and names without a dot always do; others get 421 if this is set, and on loopback addresses if it is not.',
  },
  MODEL_PATH: {
    schema: z.string().regex(/[^,\s]/, 'must name a model file, a folder or a pattern'),
    default: 'models/credit.json',
    description:
      'The model files to serve, comma-separated: paths of files, folders (all their `*.json` files) or patterns. `SIGHUP` makes the service reload them.',
  },
  DEFAULT_MODEL: {
    schema: z.string().optional(),
    description:
      'Name of the model that answers if the path names none, such as `/predict`. Unset: the only one that is not a shadow.',
  },
  SHADOW_MODELS: {
    // a name that occurs twice would count each row twice
    schema: list.transform((names) => [...new Set(names)]).optional(),
    description:
      'Names of models, comma-separated, that also score the rows of `/predict` and `/observations`, after the answer has been sent, and are compared with the model that answers.',
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
      'Name of this replica; `{instance}` in a path stands for it. Unset: the first of `replica-1`, `replica-2`, … that no running replica has.',
  },
  MAX_BODY_BYTES: {
    schema: size,
    default: '16384',
    description:
      'Maximum size of a row: of a body of `POST /predict` that is not an array, and of each row of an array or of `POST /observations`.',
  },
  MAX_CONCURRENT_REQUESTS: {
    schema: size,
    default: '1000',
    description: 'Requests in flight beyond which the API answers 503 with `Retry-After`.',
  },
  MAX_EVENT_LOOP_DELAY_MS: {
    schema: z.coerce.number().min(1),
    default: '250',
    description: 'Event-loop delay beyond which the API sheds load in the same way.',
  },
  API_METRICS: {
    schema: oneOf(['true', 'full', 'false']),
    default: 'true',
    description:
      '`/metrics` of the public API: `true` gives a JSON summary of requests, `full` also gives clients that ask for `text/plain` all metrics, `false` removes the route.',
  },
  KEEP_ALIVE_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(1000).max(650_000),
    default: '65000',
    description:
      'How long a connection may be idle, whether used before or not. Must be longer than the load balancer in front keeps its own.',
  },
  SHUTDOWN_TIMEOUT_MS: {
    schema: milliseconds.min(100),
    default: '2000',
    description: 'How long a stop may take in all, for requests in flight, samples, logs and spans.',
  },
  LOG_LEVEL: {
    schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    description: 'Lowest level of log lines that are written.',
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
      '`false` omits the features from the log line. Features that the model file lists as sensitive are never in it; if there are any, the score is not beside the others either.',
  },
  SAMPLES_PATH: {
    schema: z.string(),
    default: 'logs/input_samples.jsonl',
    description: 'File for the inputs, one JSON line per prediction.',
  },
  SAMPLES_RATIO: { schema: ratio, default: '1', description: 'Share of predictions that are stored.' },
  SAMPLES_VALUES: {
    schema: oneOf(['raw', 'bins', 'off']),
    default: 'raw',
    description:
      '`bins` stores only the bin of each feature (drift stays exact), `off` no feature at all. Sensitive ones are written as `[redacted]`, but with `raw` [can be computed](../security.md#privacy-of-samples-logs-and-traces) from the score.',
  },
  SAMPLES_MAX_BYTES: {
    schema: size,
    default: '104857600',
    description: 'Size at which the file is rotated.',
  },
  SAMPLES_MAX_FILES: { schema: count, default: '10', description: 'Number of rotated files to keep.' },
  SAMPLES_MAX_AGE_DAYS: {
    schema: z.coerce.number().positive(),
    default: '30',
    description: 'Age at which samples are deleted.',
  },
  OUTCOME_KEY_FILE: {
    schema: z.string().optional(),
    description:
      'File with the keys that sign prediction ids, one per line: the first signs, all verify. If neither this nor `OUTCOME_KEYS` is set, a key is generated once and stored in `.outcome-key` beside the outcomes or, with `{instance}`, beside the replicas’ folders.',
  },
  OUTCOME_KEYS: {
    schema: list.optional(),
    secret: true,
    description: 'The same keys, comma-separated.',
  },
  OUTCOMES_PATH: {
    schema: z.string(),
    default: 'logs/outcomes.jsonl',
    description: 'File for accepted outcomes.',
  },
  OUTCOMES_TOKEN_FILE: {
    schema: z.string().optional(),
    description:
      'File with the bearer tokens, one per line, for `POST /outcomes` and `POST /observations` on the public API; unset: admin only.',
  },
  OUTCOME_MAX_AGE_DAYS: {
    schema: z.coerce.number().positive(),
    default: '400',
    description: 'Age of a prediction above which its outcome is rejected as expired.',
  },
  OUTCOME_MATURITY_DAYS: {
    schema: z.coerce.number().min(0),
    default: '0',
    description: 'Age from which a prediction counts towards realised performance.',
  },
  OUTCOME_DEDUP_URL: {
    schema: address(/^rediss?$/, 'redis://host:6379 or redis://host:6379/1', /^(?:\/\d*)?$/),
    secret: true,
    description:
      'Redis or Valkey through which replicas drop duplicate outcomes and batches of observations, `redis://host:6379`.',
  },
  OUTCOME_DEDUP_PASSWORD_FILE: {
    schema: z.string().optional(),
    description: 'File with the password of that store, so that the URL need not contain it.',
  },
} as const satisfies Record<string, Setting>;

/** Every setting. */
export const settings = { ...serviceSettings, ...otelSettings };

type Settings = typeof settings;

/** The settings' values, parsed. */
export type Config = { readonly [Name in keyof Settings]: z.output<Settings[Name]['schema']> };

/** A setting that cannot be used; its message is for the operator. */
export class ConfigError extends Error {}

/** The environment's variables, or something like them. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads one setting. Surrounding white space is ignored, and an empty variable counts as unset.
 *
 * @throws ConfigError naming the variable, its value (unless secret) and what is allowed
 */
export function readSetting<Name extends keyof Config>(env: Environment, name: Name): Config[Name] {
  const setting: Setting = settings[name];
  const text = env[name]?.trim() || setting.default;
  if (text === undefined) return undefined as Config[Name];
  const result = setting.schema.safeParse(text);
  if (!result.success) {
    const shown = setting.secret ? '' : `=${text}`;
    throw new ConfigError(`${name}${shown}: ${describeIssue(result.error.issues[0])}`);
  }
  return result.data as Config[Name];
}

/**
 * Reads all settings.
 *
 * @throws ConfigError as `readSetting` does, and for a variable that is not supported at all
 */
export function readConfig(env: Environment): Config {
  for (const [name, reason] of Object.entries(refusedVariables)) {
    if (env[name]?.trim()) throw new ConfigError(`${name}: ${reason}`);
  }
  const names = Object.keys(settings) as (keyof Config)[];
  return Object.fromEntries(names.map((name) => [name, readSetting(env, name)])) as Config;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be a ${issue.expected === 'int' ? 'whole ' : ''}number`;
  if (issue.code === 'too_small') return `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message;
}
