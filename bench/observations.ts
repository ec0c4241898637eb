/**
 * The cost of a row that was predicted elsewhere, in batches of 1,000 and in single requests, compared with a
 * prediction by the service itself: `npm run bench:observations`. Processor time is that of the whole server process,
 * including system calls and the writing of samples.
 */
import { type Figure, formatFigure, summarise } from './figures.ts';
import { describeMachine, loadCore } from './machine.ts';
import { batches, observedFeatures, openObservationCost, singleRows, type Way } from './observation-cost.ts';
import { startServer } from './server-process.ts';
import { otlpSink } from './variants.ts';

const rounds = 3;

const ways: readonly Way[] = [
  batches,
  { ...batches, what: 'batches of 1,000, JSON array', form: 'json' },
  { ...batches, what: 'batches of 1,000, NDJSON, without ids', path: '/observations?ids=false' },
  singleRows,
  { ...singleRows, what: 'POST /predict, for comparison', path: '/predict', form: 'predict' },
];

const sink = await startServer(otlpSink.command, { core: loadCore });
const cost = await openObservationCost(sink.url);
try {
  const { host, commit, placement } = describeMachine();
  console.log(`${host}; commit ${commit}`);
  console.log(`${placement}; ${observedFeatures} features, samples on, ${rounds} rounds\n`);
  const figures = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, way] of ways.entries()) {
      const micros = await cost.measure(way);
      figures[i].push(micros);
      console.log(`round ${round + 1} of ${rounds}  ${way.what.padEnd(40)}${micros.toFixed(1)} µs`);
    }
  }
  console.log(`\n${''.padEnd(40)}${'µs of processor time a row'.padEnd(30)}rows a second of it`);
  for (const [i, { what }] of ways.entries()) {
    const micros = summarise(figures[i]);
    console.log(`${what.padEnd(40)}${formatFigure(micros, 1).padEnd(30)}${formatFigure(perSecond(micros))}`);
  }
} finally {
  await cost.close();
  await sink.stop();
}

function perSecond({ median, min, max }: Figure): Figure {
  return { median: 1e6 / median, min: 1e6 / max, max: 1e6 / min };
}
