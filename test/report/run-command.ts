import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DriftReport, ReportVariable } from '../../src/report/compute/drift-report.ts';

export type Ended = { readonly stdout: string; readonly stderr: string; readonly code: number | null };

/** Runs one of the commands in a process of its own, as `npm run` does. */
export async function runCommand(
  name: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Buffer; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['bin/vigia.cjs', name, ...args], {
    env: { ...process.env, ...env },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'close'),
  ]);
  return { stdout: stdout.join(''), stderr: stderr.join(''), code };
}

/** The report of a run that must succeed. */
export async function driftReport(...args: string[]): Promise<DriftReport> {
  const { stdout, stderr, code } = await runCommand('drift', [...args, '--json']);
  if (code !== 0) throw new Error(`status ${code}: ${stderr}`);
  return JSON.parse(stdout) as DriftReport;
}

/** One feature of a report. */
export function featureOf({ features }: DriftReport, name: string): ReportVariable {
  const found = features.find((feature) => feature.name === name);
  if (found === undefined) throw new Error(`no feature ${name}`);
  return found;
}
