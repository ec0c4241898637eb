import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type AlertName, alertNames } from './alert-names.ts';
import type { AlertSetting, DefaultsOf } from './alert-setting.ts';
import { isDuration } from './duration.ts';
import { links } from './links.ts';
import { objectives } from './objectives.ts';
import { scrapeJobs } from './scrape-jobs.ts';
import { alertLabels, type Severity, severities } from './severities.ts';
import { alertThresholds } from './thresholds.ts';

/** The file that the rules, the dashboards, the Kubernetes manifests and the replay of alerts follow. */
export const alertSettingsFile = new URL('../../otel/alert-settings.json', import.meta.url);

/** All settings but those of single alerts, in the sections of the file; docs/alerts.md prints them. */
export const alertSettingSections = {
  labels: alertLabels,
  jobs: scrapeJobs,
  links,
  objectives,
  thresholds: alertThresholds,
} as const;

const duration = z.string().refine(isDuration, 'must be a duration such as 30s, 15m or 24h');
const timing = z
  .strictObject({ severity: z.enum(severities), for: duration, keepFiringFor: duration })
  .partial();

/** How urgent an alert is, how long it waits before it fires, and how long it stays. */
export type AlertTiming = {
  readonly severity: Severity;
  readonly for: string;
  readonly keepFiringFor: string;
};

export type AlertSettings = {
  readonly [Section in keyof typeof alertSettingSections]: DefaultsOf<(typeof alertSettingSections)[Section]>;
} & {
  /** Of alerts that an operator has changed, by name. */
  readonly alerts: Readonly<Partial<Record<AlertName, Partial<AlertTiming>>>>;
};

export const defaultAlertSettings = withDefaults({});

const fileSchema = z
  .strictObject({
    $schema: z.string(),
    ...Object.fromEntries(
      Object.entries(alertSettingSections).map(([name, section]) => [
        name,
        z.strictObject(schemasOf(section)).partial(),
      ]),
    ),
    alerts: z
      .strictObject(Object.fromEntries(alertNames.map((name) => [name, timing])), {
        error: (issue) =>
          issue.code === 'unrecognized_keys' ? `there is no alert ${issue.keys[0]}` : undefined,
      })
      .partial()
      .describe('Severity and waiting times of single alerts, by name.'),
  })
  .partial();

function schemasOf(table: Readonly<Record<string, AlertSetting>>): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { schema, description, default: preset }]) => [
      name,
      schema.meta({ description, default: preset }),
    ]),
  );
}

/** The JSON Schema of the file, for editors. */
export function alertSettingsJsonSchema(): object {
  return z.toJSONSchema(fileSchema);
}

/**
 * Reads a file of settings that differ from the defaults: a JSON object with any of the settings, section by section,
 * and `alerts` with `severity`, `for` and `keepFiringFor` of any alert.
 *
 * @throws Error naming the file and what is wrong, if it cannot be used
 */
export async function readAlertSettings(path: string | URL = alertSettingsFile): Promise<AlertSettings> {
  const name = path instanceof URL ? fileURLToPath(path) : path;
  const bytes = await readFile(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`${name}: ${code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}`}`);
  });
  let value: unknown;
  try {
    // without a byte order mark, as some editors write one
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
  const result = fileSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(`${name}: ${[...issue.path, issue.message].join(': ')}`);
  }
  return withDefaults(result.data);
}

/** The defaults where nothing else is given; of settings with several values, value by value. */
function withDefaults(given: Readonly<Record<string, unknown>>): AlertSettings {
  const sections = Object.entries(alertSettingSections).map(([name, section]) => [
    name,
    overDefaults(section, (given[name] ?? {}) as Readonly<Record<string, unknown>>),
  ]);
  return {
    ...Object.fromEntries(sections),
    alerts: given.alerts ?? {},
  } as AlertSettings;
}

function overDefaults(
  table: Readonly<Record<string, AlertSetting>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const entries = Object.entries(table).map(([name, { default: preset }]) => {
    const value = given[name];
    return [name, typeof preset === 'object' ? { ...preset, ...(value as object) } : (value ?? preset)];
  });
  return Object.fromEntries(entries);
}
