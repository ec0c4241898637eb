import { parseArgs } from 'node:util';
import { loadArtifact } from '../model/artifact.ts';
import { computeReport } from '../report/compute.ts';
import { countLive } from '../report/count-live.ts';
import type { DriftReport } from '../report/drift-report.ts';
import { fileReference } from '../report/file-reference.ts';
import { findFiles } from '../report/open-rows.ts';
import { artifactReference } from '../report/reference.ts';
import { renderHtml } from '../report/render-html.ts';
import { renderText } from '../report/render-text.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { createReadingProgress } from './reading-progress.ts';
import { runCli, UsageError } from './run-cli.ts';
import { serviceSettings } from './service-settings.ts';

const help = `Usage: npm run drift -- [options]

Compares live rows with a reference and says what has drifted.

  --model FILE       the model, with its reference (without --reference:
                     ${serviceSettings.MODEL_PATH})
  --live FILE        samples (JSONL) or a table (CSV); gzip, a glob, or - for
                     standard input; may be given several times
                     (default ${serviceSettings.SAMPLES_PATH})
  --reference FILE   compare with these rows instead of with the model's
                     reference; needs no model; may be given several times
  --since TIME       only live rows from this time on (2026-01-31T12:00:00Z)
  --until TIME       only live rows before this time
  --features A,B,…   only these features
  --backtest         replay the alert rules over the live rows and list the
                     alarms there would have been
  --json             print the report as JSON
  --html FILE        write the report as a page
  --fail-on drift    end with status 3 if something has drifted
  --help             this text
`;

const driftStatus = 3;

function readTime(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text);
  // Without a zone the time is UTC, as times in samples are.
  const timeMs = isIso
    ? Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`)
    : NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new UsageError(`--${option} is a time such as 2026-01-31T12:00:00Z, not '${text}'`);
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string' },
      live: { type: 'string', multiple: true },
      reference: { type: 'string', multiple: true },
      since: { type: 'string' },
      until: { type: 'string' },
      features: { type: 'string' },
      backtest: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      'fail-on': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const failOn = values['fail-on'];
  if (failOn !== undefined && failOn !== 'drift') {
    throw new UsageError(`--fail-on takes drift, not '${failOn}'`);
  }
  const sinceMs = readTime('since', values.since);
  const untilMs = readTime('until', values.until);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw new UsageError(`--since ${values.since} is not before --until ${values.until}`);
  }
  const live = values.live ?? [serviceSettings.SAMPLES_PATH];
  const { reference } = values;
  if ([...live, ...(reference ?? [])].filter((path) => path === '-').length > 1) {
    throw new UsageError('standard input (-) can be read only once');
  }
  const features = values.features?.split(',').map((name) => name.trim()) ?? null;
  return {
    ...values,
    model: values.model ?? (reference === undefined ? serviceSettings.MODEL_PATH : undefined),
    live,
    reference,
    features,
    sinceMs,
    untilMs,
    failOnDrift: failOn === 'drift',
  };
}

async function makeReport(options: ReturnType<typeof readOptions>): Promise<DriftReport> {
  const { features, backtest, sinceMs, untilMs } = options;
  const artifact = options.model === undefined ? null : await loadArtifact(options.model);
  const unknown = features?.find((name) => artifact?.features.every((feature) => feature.name !== name));
  if (artifact !== null && unknown !== undefined) {
    const names = artifact.features.map(({ name }) => name).join(', ');
    throw new UsageError(`--features: the model has no feature '${unknown}', but ${names}`);
  }
  const live = await findFiles(options.live);
  const reference = options.reference && (await findFiles(options.reference));
  const { onBytes, end } = createReadingProgress(live, ...(reference === undefined ? [] : [reference]));
  try {
    const compared =
      reference === undefined
        ? artifactReference(artifact!)
        : await fileReference(reference.paths, { artifact, features, onBytes });
    const chosen =
      features === null
        ? compared
        : { ...compared, features: compared.features.filter(({ name }) => features.includes(name)) };
    const counted = await countLive(live.paths, chosen, { artifact, sinceMs, untilMs, backtest, onBytes });
    return computeReport(chosen, counted, artifact);
  } finally {
    end();
  }
}

await runCli(async (args) => {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const report = await makeReport(options);
  if (options.html !== undefined) await writeFileAtomically(options.html, renderHtml(report));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const { stdout, env } = process;
    const color = stdout.isTTY === true && !env.NO_COLOR;
    process.stdout.write(renderText(report, color));
    if (options.html !== undefined) process.stdout.write(`\nThe page is in ${options.html}\n`);
  }
  return options.failOnDrift && report.verdict === 'drifting' ? driftStatus : 0;
});
