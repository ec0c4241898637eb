import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { runCli, UsageError } from '../src/cli/run-cli.ts';
import { formatArtifact, loadArtifact } from '../src/model/artifact.ts';
import { writeFileAtomically } from '../src/write-file-atomically.ts';
import { compare, connections, measureRound } from './comparison.ts';
import { summarise } from './figures.ts';
import { judge, ratio } from './goals.ts';
import type { PartCost } from './in-process.ts';
import { describeMachine, loadCore, pinned, serverCore } from './machine.ts';
import { measureMemory } from './memory.ts';
import { comparisonTable, disturbance, goalTable, type Results, renderResults } from './results.ts';
import type { ScrapeCost } from './scrape.ts';
import { startServer } from './server-process.ts';
import { creditModel } from './variants/credit-model.ts';
import { bareKoa, others, otlpSink, vigia } from './variants.ts';
import { widen } from './wide-artifact.ts';

const help = `Usage: npm run bench -- [options]

Measures the service beside others, one processor for the server and one for the load, and writes bench/results.md,
bench/recorded.json and the tables of docs/performance.md. Leave the machine alone meanwhile.

  --rounds N    rounds of the comparison (7)
  --seconds N   length of a round, after as long a warm-up (3)
  --long        watch the memory for 5 minutes instead of one
  --help
`;

const execute = promisify(execFile);
const featureCounts = [3, 30, 300];
const featureRounds = 3;
const path = (name: string) => new URL(name, import.meta.url).pathname;

await runCli(async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '3' },
      long: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const size = { rounds: count('rounds', values.rounds), seconds: count('seconds', values.seconds) };
  const startedMs = performance.now();
  const results = await measure(
    size,
    values.long ? 30 : 6,
    ['npm run bench', ...(args.length ? ['--', ...args] : [])].join(' '),
  );
  await write(results);
  console.log(`\n${tables(results)}`);
  console.log(`\nbench/results.md written after ${Math.round((performance.now() - startedMs) / 1000)} s`);
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
      bareKoa,
      ...others(sink.url),
      vigia(sink.url, 0.01),
      vigia(sink.url, 0.1),
      vigia(sink.url, 1),
    ];
    const present = all.filter(({ absent }) => absent === undefined);
    const absent = all.filter((variant) => variant.absent !== undefined);
    for (const { key, absent: why } of absent) console.log(`${key} is left out: ${why}`);
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
    console.log('features, memory, parts, scrape');
    return {
      command,
      machine: describeMachine(),
      connections,
      seconds,
      compared: present.map((variant, i) => ({ variant, rounds: measured[i] })),
      absent,
      features: await measureFeatures(sink.url, folder, seconds),
      memory: {
        bare: await measureMemory(bareKoa, 1),
        vigia: await measureMemory(vigia(sink.url, 0.1), memorySlices),
      },
      inProcess: await runProgram<PartCost[]>([path('in-process.ts')], {}),
      scrape: await measureScrape(folder),
    };
  } finally {
    await sink.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The whole service with models of 3, 30 and 300 features, in turn. */
async function measureFeatures(
  sinkUrl: string,
  folder: string,
  seconds: number,
): Promise<Results['features']> {
  const credit = await loadArtifact(creditModel);
  const models = await Promise.all(
    featureCounts.map(async (features) => {
      const modelPath = join(folder, `${features}.json`);
      await writeFileAtomically(modelPath, formatArtifact(widen(credit, features)));
      return { features, modelPath, cpuMicros: [] as number[] };
    }),
  );
  for (let round = 0; round < featureRounds; round++) {
    for (const { modelPath, cpuMicros } of models) {
      const variant = vigia(sinkUrl, 0.1, { MODEL_PATH: modelPath });
      cpuMicros.push((await measureRound(variant, { seconds, warmUpSeconds: seconds }, modelPath)).cpuMicros);
    }
  }
  return models.map(({ features, cpuMicros }) => ({ features, cpuMicros: summarise(cpuMicros) }));
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

/** What docs/performance.md shows of the results. */
function tables(results: Results): string {
  return [comparisonTable(results), ...disturbance(results), goalTable(judge(results))].join('\n\n');
}

async function write(results: Results): Promise<void> {
  const cpuRatio = ratio(results, 'V10', 'B', 'cpuMicros')?.median;
  await writeFileAtomically(path('results.md'), renderResults(results));
  await writeFileAtomically(
    path('recorded.json'),
    `${JSON.stringify({ cpuRatio: Number(cpuRatio?.toFixed(3)), machine: results.machine }, null, 2)}\n`,
  );
  const document = path('../docs/performance.md');
  const text = await readFile(document, 'utf8');
  await writeFileAtomically(
    document,
    text.replace(
      /(<!-- bench -->\n)[\s\S]*(\n<!-- \/bench -->)/,
      (_, start, end) => `${start}${tables(results)}${end}`,
    ),
  );
}
