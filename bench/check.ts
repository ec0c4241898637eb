import { compare, type Round } from './comparison.ts';
import { loadCore } from './machine.ts';
import { batches, openObservationCost, singleRows } from './observation-cost.ts';
import { checkBatches, checkRegression } from './regression.ts';
import { startServer } from './server-process.ts';
import { otlpSink, unwatched, vigia } from './variants.ts';

// A short form of run.ts for CI: the cost of watching and tracing, compared with the unwatched service on the same
// machine; and the cost of a row in a batch of observations, compared with a single one.

const maxRounds = 8;

const sink = await startServer(otlpSink.command, { core: loadCore });
try {
  const variants = [unwatched, vigia(sink.url, 0), vigia(sink.url, 1)];
  const [U, V0, V100]: Round[][] = [[], [], []];
  const pathChecks = () => checkRegression({ U, V0, V100 });
  do {
    const pair = await compare(
      variants,
      // A slow machine takes seconds to compile what answers a request; until then watching seems to cost more than it does.
      { rounds: 2, seconds: 3, warmUpSeconds: 6 },
      (variant, round) => {
        console.log(`${variant.key.padEnd(4)} ${round.cpuMicros.toFixed(1)} µs CPU a request`);
      },
    );
    for (const [i, rounds] of [U, V0, V100].entries()) rounds.push(...pair[i]);
    // on a busy machine it may take a few rounds until one is undisturbed
  } while (U.length < maxRounds && pathChecks().some(({ isRegression }) => isRegression));
  const cost = await openObservationCost(sink.url);
  const [batched, single]: number[][] = [[], []];
  for (let round = 0; round < 2; round++) {
    batched.push(await cost.measure(batches));
    single.push(await cost.measure(singleRows));
    console.log(`observations, ${batches.what}: ${batched[round].toFixed(1)} µs CPU a row`);
    console.log(`observations, ${singleRows.what}: ${single[round].toFixed(1)} µs CPU a row`);
  }
  await cost.close();
  const checks = [...pathChecks(), checkBatches(batched, single)];
  for (const { what, measured, limit, isRegression } of checks) {
    console.log(`${what}: ${measured.toFixed(2)}, limit ${limit}: ${isRegression ? 'REGRESSION' : 'ok'}`);
    if (isRegression) process.exitCode = 1;
  }
} finally {
  await sink.stop();
}
