import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What `npm run traffic` said at its end. */
export type Outcome = {
  readonly sent: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly text: string;
};

export type Traffic = {
  /** Ends it as Ctrl-C does. */
  stop(): void;
  readonly ended: Promise<Outcome>;
};

function readNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}

function readSummary(text: string): Outcome {
  const sent = /^sent ([\d,]+) requests/.exec(text);
  if (!sent) throw new Error(`no summary: ${text}`);
  const lines = [...text.matchAll(/^ *([\d,]+) {2}(.+)$/gm)];
  return {
    sent: readNumber(sent[1]),
    counts: Object.fromEntries(lines.map(([, count, name]) => [name, readNumber(count)])),
    text: text.trim().replaceAll(/\s*\n\s*/g, '; '),
  };
}

/** Starts the traffic of `npm run traffic` towards some replicas. */
export function startTraffic(urls: readonly string[], ...args: string[]): Traffic {
  const command = ['bin/vigia.cjs', 'traffic', '--url', urls.join(','), ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = (async () => {
    const [stdout, stderr] = await Promise.all([
      child.stdout.toArray(),
      child.stderr.toArray(),
      once(child, 'close'),
    ]);
    if (child.exitCode !== 0) throw new Error(`traffic ended with ${child.exitCode}: ${stderr.join('')}`);
    return readSummary(stdout.join(''));
  })();
  return { stop: () => child.kill('SIGINT'), ended };
}
