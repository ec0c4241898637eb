import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { runCli, UsageError } from '../src/cli/run-cli.ts';
import { writeFileAtomically } from '../src/files/write-file-atomically.ts';
import { compare, connections } from './comparison.ts';
import { writeDocuments } from './documents.ts';
import { summarise } from './figures.ts';
import { judge, measureFigures } from './goals.ts';
import type { PartCost } from './in-process.ts';
import { describeMachine, loadCore, pinned, serverCore } from './machine.ts';
import { measureMemory } from './memory.ts';
import { measureProfile } from './profile.ts';
import { addToRecord, toRecordedRun } from './record.ts';
import { headline } from './record-tables.ts';
import {
  comparisonTable,
  disturbance,
  type Results,
  renderResults,
  verdictTable,
  wakeUpText,
} from './results.ts';
import type { ScrapeCost } from './scrape.ts';
import { startServer } from './server-process.ts';
import { bareKoa, others, otlpSink, unwatched, vigia, wakeUpReader } from './variants.ts';
import type { WakeUpCost } from './wake-up.ts';

const help = () => `Usage: npm run bench -- [options]

Measures what watching costs against the same service unwatched, and the service beside others: one processor for the
server and one for the load. Leave the machine alone meanwhile.

  --rounds N    rounds of the comparison (7)
  --seconds N   length of a round, after as long a warm-up (3)
  --long        watch the memory for 5 minutes instead of one, write bench/results.md, and add the run to
                bench/recorded-runs.json and to the tables of docs/performance.md
  --help
`;

const execute = promisify(execFile);
const path = (name: string) => new URL(name, import.meta.url).pathname;

await runCli(help, async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '3' },
      long: { type: 'boolean', default: false },
    },
  });
  const size = { rounds: count('rounds', values.rounds), seconds: count('seconds', values.seconds) };
  const startedMs = performance.now();
  const results = await measure(
    size,
    values.long ? 30 : 6,
    ['npm run bench', ...(args.length ? ['--', ...args] : [])].join(' '),
  );
  const parts = [
    comparisonTable(results),
    ...disturbance(results),
    verdictTable(judge(results)),
    wakeUpText(results.wakeUp),
    headline(measureFigures(results)),
  ];
  console.log(`\n${parts.join('\n\n')}\n`);
  if (values.long) {
    await writeFileAtomically(path('results.md'), renderResults(results));
    await writeDocuments(await addToRecord(toRecordedRun(results)));
  }
  const done = values.long
    ? 'written to bench/results.md and recorded'
    : 'not recorded, as it was not --long';
  console.log(`${done} after ${Math.round((performance.now() - startedMs) / 1000)} s`);
  return 0;
});

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name} ${text}: must be a positive integer`);
  return value;
}

async function measure(
  { rounds, seconds }: { rounds: number; seconds: number },
  memorySlices: number,
  command: string,
): Promise<Results> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-run-'));
  const sink = await startServer(otlpSink.command, { core: loadCore });
  try {
    const all = [
      unwatched,
      vigia(sink.url, 0),
      vigia(sink.url, 0.1),
      vigia(sink.url, 1),
      bareKoa,
      ...others(sink.url),
    ];
    const present = all.filter(({ absent }) => absent === undefined);
    const absent = all.filter((variant) => variant.absent !== undefined);
    for (const { key, absent: why } of absent) console.log(`${key} is skipped: ${why}`);
    const wakeUps = [await measureWakeUp()];
    const measured = await compare(
      present,
      { rounds, seconds, warmUpSeconds: seconds },
      (variant, round, number) => {
        const { requestsPerSecond, cpuMicros, p99Ms } = round;
        console.log(
          `round ${number} of ${rounds}  ${variant.key.padEnd(4)} ${requestsPerSecond.toFixed(0).padStart(6)} requests/s ${cpuMicros.toFixed(1).padStart(7)} µs CPU  p99 ${p99Ms} ms`,
        );
      },
    );
    wakeUps.push(await measureWakeUp());
    console.log('memory, profiles, parts, scrape');
    const memory = {
      bare: await measureMemory(bareKoa, 1),
      vigia: await measureMemory(vigia(sink.url, 0.1), memorySlices),
    };
    const profiles: Record<string, Record<string, number>> = {};
    for (const variant of [unwatched, vigia(sink.url, 0), vigia(sink.url, 1)]) {
      profiles[variant.key] = await measureProfile(variant, seconds, folder);
    }
    wakeUps.push(await measureWakeUp());
    return {
      command,
      date: new Date().toISOString().slice(0, 10),
      machine: describeMachine(),
      wakeUp: {
        asleepMicros: summarise(wakeUps.map(({ asleepMicros }) => asleepMicros)),
        awakeMicros: summarise(wakeUps.map(({ awakeMicros }) => awakeMicros)),
      },
      connections,
      seconds,
      compared: present.map((variant, i) => ({ variant, rounds: measured[i] })),
      absent,
      memory,
      profiles,
      inProcess: await runProgram<PartCost[]>([path('in-process.ts')], {}),
      scrape: await measureScrape(folder),
    };
  } finally {
    await sink.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writer and reader run in place of server and load generator. */
async function measureWakeUp(): Promise<WakeUpCost> {
  const reader = await startServer(wakeUpReader.command, { core: loadCore });
  try {
    return await runProgram<WakeUpCost>([path('wake-up.ts'), reader.url], {});
  } finally {
    await reader.stop();
  }
}

function measureScrape(folder: string): Promise<ScrapeCost> {
  return runProgram<ScrapeCost>(['--import', path('../otel/register.ts'), path('scrape.ts')], {
    PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'error',
    MODEL_PATH: join(folder, 'scraped.json'),
    SAMPLES_PATH: join(folder, 'input_samples.jsonl'),
    OUTCOMES_PATH: join(folder, 'outcomes.jsonl'),
  });
}

/** Runs a program of this folder on the server's processor, and reads the JSON it prints. */
async function runProgram<Output>(args: readonly string[], env: Record<string, string>): Promise<Output> {
  const [file, ...rest] = pinned(serverCore, [process.execPath, ...args]);
  const { stdout } = await execute(file, rest, { env: { ...process.env, ...env } });
  return JSON.parse(stdout) as Output;
}
