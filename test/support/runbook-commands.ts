import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './service.ts';

/** How somebody runs the service, and so which of the lines of a block is theirs. */
export type Dialect = 'npm' | 'docker compose' | 'kubectl';

export type RunbookCommand = {
  /** The heading above it. */
  readonly section: string;
  /** Lines of one block do the same. */
  readonly block: number;
  readonly dialect: Dialect;
  readonly line: string;
};

/** Every command of the runbook, in the order of the page. */
export function readRunbookCommands(): RunbookCommand[] {
  const text = readFileSync(join(root, 'docs/alerts.md'), 'utf8');
  let section = '';
  let block = 0;
  return [...text.matchAll(/^#+ (?<heading>[^\n]+)$|^```sh\n(?<code>.*?)^```$/gms)].flatMap(
    ({ groups = {} }) => {
      section = groups.heading ?? section;
      block++;
      const lines = groups.code?.split('\n').filter(Boolean) ?? [];
      return lines.map((line) => ({ section, block, dialect: dialectOf(line), line }));
    },
  );
}

function dialectOf(line: string): Dialect {
  if (line.startsWith('docker compose ')) return 'docker compose';
  return line.startsWith('kubectl ') ? 'kubectl' : 'npm';
}

/** What a command prints or writes, by its section. */
export const expectedOutput: Readonly<Record<string, RegExp>> = {
  'The figures of one replica': /"windows":/,
  'The metrics of one replica': /^model_feature_reference_samples\{/m,
  'A report of the stored rows': /\bhistory\b/,
  'The rows of a bin': /never seen/,
  'The row of a trace': /4bf92f3577b34da6a3ce929d0e0e4736/,
  'The outcome of a row': /"outcome":/,
  'Performance by group': /history/,
  'Accepting a shift': /new branch in Porto|credit-rebaselined/,
};

/** The trace of which the runbook's example looks for the row. */
export const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
