import { fail } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RuleFile, renderRuleFile } from '../../../src/rules/rule-file.ts';
import { ruleFiles } from '../../../src/rules/rule-files.ts';
import { defaultSettings } from '../../../src/rules/rule-settings.ts';
import { neededRules } from './needed-rules.ts';
import type { Labels, Series, Span } from './series.ts';

/** An instant query and what it must give. */
export type Query = {
  readonly at: string;
  readonly expr: string;
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
};

/** The alerts of one name that must fire at a time; none when `firing` is empty. */
export type AlertCheck = {
  readonly at: string;
  readonly alert: string;
  readonly firing: readonly { readonly labels: Labels; readonly annotations: Labels }[];
};

export type RuleTest = {
  readonly name: string;
  /** The rule files it needs, by name without `.yml`, in the order in which they are evaluated. */
  readonly files: readonly string[];
  readonly pace: Pace;
  /** Whether each group is evaluated before those that it reads, as may happen right after the first scrape. */
  readonly reversed?: boolean;
  readonly series: readonly Series[];
  readonly queries?: readonly Query[];
  readonly alerts?: readonly AlertCheck[];
};

/**
 * How often rules are evaluated; promtool ignores the groups' own intervals. The long windows are sums of five-minute
 * increments, so they are correct only if evaluated every five minutes.
 */
export type Pace = keyof typeof paces;

const paces = {
  minute: { evaluation: '1m', scrape: '1m', step: 1 },
  // For figures of the short windows: evaluations are independent, and one in ten is enough.
  'ten minutes': { evaluation: '10m', scrape: '1m', step: 1 },
  // Two samples an increment are enough, and keep weeks cheap.
  'five minutes': { evaluation: '5m', scrape: '150s', step: 2.5 },
  // Where it matters between which scrapes something is counted: as this project scrapes, and as rarely as it may be.
  'five minutes of 15 s': { evaluation: '5m', scrape: '15s', step: 0.25 },
  'five minutes of 2 min': { evaluation: '5m', scrape: '2m', step: 2 },
  // For weeks in which no figure of a long window is examined: it misses two of three increments.
  'quarter of an hour': { evaluation: '15m', scrape: '150s', step: 2.5 },
  // For months in which each day's traffic comes in its last five minutes (see `dailyTraffic`).
  day: { evaluation: '1d', scrape: '150s', step: 2.5 },
} as const;

/** The layout of series that are scraped at this pace. */
export function spanOf(pace: Pace, until: string): Span {
  return { step: paces[pace].step, until };
}

export const rules = ruleFiles(defaultSettings);
const byName = new Map(rules.map((file) => [file.name, file]));

/** Runs a test against the rules as generated; rejects with promtool's account of what differs. */
export async function runRuleTest(promtool: string, test: RuleTest): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-rules-'));
  try {
    const whole = test.files.map((name) => byName.get(`${name}.yml`) ?? fail(`there is no file ${name}`));
    const files = neededRules(whole, test);
    await Promise.all(files.map((file) => writeFile(join(folder, file.name), renderRuleFile(file))));
    const path = join(folder, 'test.yaml');
    await writeFile(path, stringify(testFile(files, test), { lineWidth: 0 }));
    await run(promtool, ['test', 'rules', path]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function testFile(files: readonly RuleFile[], test: RuleTest) {
  const { name, pace, reversed = false, series, queries = [], alerts = [] } = test;
  const groups = files.flatMap((file) => file.groups.map((group) => group.name));
  return {
    rule_files: files.map((file) => file.name),
    evaluation_interval: paces[pace].evaluation,
    group_eval_order: reversed ? groups.reverse() : groups,
    tests: [
      {
        name,
        interval: paces[pace].scrape,
        input_series: series.map(({ metric, labels, values }) => ({
          series: `${metric}{${matchers(labels)}}`,
          values,
        })),
        promql_expr_test: queries.map(({ at, expr, samples }) => ({
          eval_time: at,
          expr,
          exp_samples: samples,
        })),
        alert_rule_test: alerts.map(({ at, alert, firing }) => ({
          eval_time: at,
          alertname: alert,
          exp_alerts: firing.map(({ labels, annotations }) => ({
            exp_labels: labels,
            exp_annotations: annotations,
          })),
        })),
      },
    ],
  };
}

/** Labels as they stand in a selector, without braces. */
export function matchers(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ');
}

/** Resolves to what the program prints; rejects with all of its output if it fails. */
export function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`));
    });
  });
}
