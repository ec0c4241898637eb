import { readFile } from 'node:fs/promises';
import { compare } from './comparison.ts';
import { summarise } from './figures.ts';
import { loadCore } from './machine.ts';
import { startServer } from './server-process.ts';
import { bareKoa, otlpSink, vigia } from './variants.ts';

// A short form of run.ts for CI: the processor time that a request costs Vigia against what it costs bare Koa. It fails
// only when that ratio is far above the recorded one, which machines that are busy otherwise do not bring about.

const factor = 1.5;
const recordedFile = new URL('recorded.json', import.meta.url);

const { cpuRatio: recorded } = JSON.parse(await readFile(recordedFile, 'utf8')) as { cpuRatio: number };
const sink = await startServer(otlpSink.command, { core: loadCore });
try {
  const variants = [bareKoa, vigia(sink.url, 0.1)];
  const [bare, own] = await compare(
    variants,
    { rounds: 3, seconds: 3, warmUpSeconds: 3 },
    (variant, round) => {
      console.log(`${variant.key.padEnd(4)} ${round.cpuMicros.toFixed(1)} µs CPU a request`);
    },
  );
  const measured = summarise(own.map(({ cpuMicros }, i) => cpuMicros / bare[i].cpuMicros)).median;
  const isRegression = measured > recorded * factor;
  console.log(
    `CPU of Vigia at 10 % against bare Koa: ${measured.toFixed(2)}, recorded ${recorded.toFixed(2)}, limit ${(recorded * factor).toFixed(2)}: ${isRegression ? 'REGRESSION' : 'ok'}`,
  );
  process.exitCode = isRegression ? 1 : 0;
} finally {
  await sink.stop();
}
