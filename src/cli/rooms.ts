/** A room of `src/`: a folder, or some files outside all folders. */
export type Room = {
  /** What belongs in it. */
  readonly holds: string;
  /** The rooms whose modules its own may import, types included. All of them come before it in the table. */
  readonly knows: readonly string[];
  /** The packages its modules may import. */
  readonly packages: readonly string[];
  /** Of a room that is not a folder. */
  readonly files?: readonly string[];
  /** Whether it does not use Node.js either: no file, no network, no clock. */
  readonly isPure?: true;
};

/**
 * The rooms of `src/`, innermost first, and which may import which: the table of docs/architecture.md, against which
 * test/architecture.test.ts checks every import. A room may import only those before it, so there can be no cycles.
 */
export const rooms: Readonly<Record<string, Room>> = {
  stats: {
    holds:
      'pure mathematics: bins, distances between distributions, tests, figures of performance, resampling',
    knows: [],
    packages: ['jstat', 'ml-matrix'],
    isPure: true,
  },
  text: {
    holds:
      'numbers, names of bins and lists of names as people write and read them; terminal lines; why a text is not JSON',
    knows: ['stats'],
    packages: [],
  },
  times: {
    holds: 'notations of times, clocks, turns of the event loop, how often a message is repeated',
    knows: ['stats'],
    packages: [],
  },
  files: {
    holds:
      'reading and writing files safely: JSON lines, rotation, locks, secrets, paths of replicas, of models and of Vigia itself',
    knows: ['times'],
    packages: [],
  },
  settings: {
    holds: 'the only reader of environment variables: one table, checked at the start',
    knows: ['files'],
    packages: ['zod'],
  },
  tables: {
    holds: 'tables that users bring: CSV in any encoding and notation, what each column holds',
    knows: ['stats', 'times', 'files'],
    packages: ['papaparse'],
  },
  model: {
    holds:
      'the model file: its schema, older formats, references, input validation, what may be disclosed of a value',
    knows: ['stats', 'text'],
    packages: ['ajv', 'zod'],
  },
  predictors: {
    holds: 'how a model computes: one interface, one folder per kind, one table that names the kinds',
    knows: ['stats', 'text', 'files', 'model'],
    packages: ['@opentelemetry/api', 'zod'],
  },
  profile: {
    holds: 'making a model file, or a reference, from rows and scores',
    knows: ['stats', 'model', 'predictors'],
    packages: [],
  },
  monitor: {
    holds:
      'what is counted of live traffic, and the figures derived from it: drift, performance, segments, groups',
    knows: ['stats', 'text', 'model', 'predictors'],
    packages: [],
  },
  alerts: {
    holds:
      'when an alert fires and where it leads: names, links, thresholds and waiting times, all of which a file may change',
    knows: ['stats', 'model', 'monitor'],
    packages: ['zod'],
  },
  samples: {
    holds: 'the lines of samples: writing, reading, searching, erasing',
    knows: ['stats', 'text', 'times', 'files', 'model', 'predictors'],
    packages: [],
  },
  outcomes: {
    holds: 'ids of predictions, and their outcomes: checked, stored, counted once across replicas',
    knows: ['stats', 'text', 'times', 'files', 'settings', 'model', 'monitor', 'samples'],
    packages: ['@redis/client', 'zod'],
  },
  history: {
    holds: 'drift over the last day in steps of five minutes, kept across restarts',
    knows: ['stats', 'times', 'files', 'monitor', 'outcomes'],
    packages: ['zod'],
  },
  labels: {
    holds: 'tables of labels, matched with samples and sent to a service as outcomes',
    knows: ['stats', 'text', 'times', 'files', 'tables', 'model', 'samples', 'outcomes'],
    packages: [],
  },
  training: {
    holds: 'fitting the logistic regression: design, cross-validation, calibration',
    knows: ['stats', 'model', 'predictors', 'profile'],
    packages: ['ml-logistic-regression', 'ml-matrix'],
  },
  traffic: {
    holds: 'made-up and replayed requests with outcomes, for demonstrations and load',
    knows: ['stats', 'text', 'tables', 'model', 'labels'],
    packages: [],
  },
  demo: {
    holds:
      'the demonstration: a service of its own, requests with outcomes, a change, and the text that explains it',
    knows: ['stats', 'text', 'files', 'settings', 'model', 'monitor', 'traffic'],
    packages: [],
  },
  replica: {
    holds: 'which of several processes on one disk this is, and what the others have left',
    knows: ['text', 'files', 'settings', 'outcomes'],
    packages: [],
  },
  telemetry: {
    holds: 'all metrics in one table, what exposes them, the log, which requests are traced',
    knows: ['stats', 'text', 'times', 'files', 'settings', 'model', 'monitor', 'outcomes'],
    packages: ['@opentelemetry/*', 'pino', 'pino-pretty'],
  },
  watch: {
    holds: 'counting the answers of a program that serves a model itself, in Koa, Express or Fastify',
    knows: ['stats', 'times', 'model', 'monitor', 'telemetry'],
    packages: [],
  },
  deployments: {
    holds: 'which models answer: loading, replacing, retiring, and the one place that records a prediction',
    knows: [
      'stats',
      'text',
      'times',
      'files',
      'settings',
      'model',
      'predictors',
      'monitor',
      'samples',
      'outcomes',
      'telemetry',
    ],
    packages: ['@opentelemetry/api', 'pino'],
  },
  'report/read': {
    holds: 'rows of any source, tables or samples, one at a time',
    knows: ['stats', 'text', 'times', 'files', 'tables', 'model', 'samples'],
    packages: [],
  },
  'report/compute': {
    holds: 'figures of drift over files, and the alerts replayed on them; the shape of the report',
    knows: [
      'stats',
      'text',
      'times',
      'model',
      'predictors',
      'profile',
      'monitor',
      'alerts',
      'samples',
      'report/read',
    ],
    packages: ['zod'],
  },
  'report/describe': {
    holds: 'the sentences of a report',
    knows: ['stats', 'text', 'model', 'report/compute'],
    packages: [],
  },
  report: {
    holds: 'a whole report: figures with their sentences',
    knows: [
      'stats',
      'text',
      'times',
      'model',
      'predictors',
      'monitor',
      'alerts',
      'report/compute',
      'report/describe',
    ],
    packages: [],
  },
  'report/render': {
    holds: 'a report as text and as a page; the frame, the style and the charts of every page',
    knows: ['stats', 'text', 'report/compute', 'report/describe'],
    packages: [],
  },
  evaluation: {
    holds: 'performance over files with outcomes: figures, text, page',
    knows: [
      'stats',
      'text',
      'times',
      'files',
      'tables',
      'model',
      'predictors',
      'monitor',
      'samples',
      'outcomes',
      'report/read',
      'report/compute',
      'report/render',
    ],
    packages: [],
  },
  runbook: {
    holds: 'documents of the project as pages: the runbook, and those that it links to',
    knows: ['report/render'],
    packages: ['marked'],
  },
  http: {
    holds: 'both listeners: one file per route, problem documents, limits',
    knows: [
      'stats',
      'text',
      'times',
      'files',
      'settings',
      'model',
      'predictors',
      'monitor',
      'alerts',
      'samples',
      'outcomes',
      'history',
      'telemetry',
      'deployments',
      'report/describe',
      'report/render',
      'runbook',
    ],
    packages: ['@koa/router', '@opentelemetry/api', 'koa'],
  },
  rules: {
    holds: 'the recording and alerting rules of Prometheus, as the settings of the alerts say',
    knows: ['stats', 'text', 'model', 'monitor', 'alerts', 'http'],
    packages: ['yaml'],
  },
  start: {
    holds: 'starting the service, signals, stopping it',
    knows: [
      'text',
      'times',
      'files',
      'settings',
      'alerts',
      'outcomes',
      'history',
      'replica',
      'telemetry',
      'deployments',
      'http',
    ],
    packages: [],
    files: [
      'exit-on-failure.ts',
      'open-listeners.ts',
      'open-records.ts',
      'process-signals.ts',
      'server.ts',
      'start-service.ts',
    ],
  },
  library: {
    holds: 'what other programs import: the core without the service',
    knows: ['stats', 'model', 'profile', 'monitor', 'telemetry', 'watch'],
    packages: [],
    files: ['index.ts', 'library-node.ts'],
  },
  cli: {
    holds:
      'one table per command, from which parsing, help and reference follow, and one file that does its work',
    knows: [
      'stats',
      'text',
      'times',
      'files',
      'settings',
      'tables',
      'model',
      'predictors',
      'profile',
      'monitor',
      'alerts',
      'samples',
      'outcomes',
      'labels',
      'training',
      'traffic',
      'demo',
      'telemetry',
      'report/read',
      'report/compute',
      'report',
      'report/render',
      'evaluation',
      'rules',
    ],
    packages: [],
  },
};
