// Measures how much it costs this host to write to a sleeping process: node bench/wake-up.ts URL, where a reader
// (wake-up-reader.ts) runs on the other processor. Prints JSON.

import { once } from 'node:events';
import { connect } from 'node:net';
import { summarise } from './figures.ts';

/**
 * The cost of one small write over loopback for the writer, in µs. The call does not block, so its duration is
 * processor time; the median of many ignores those that were interrupted.
 */
export type WakeUpCost = {
  /** To a reader that sleeps and has to be woken. */
  readonly asleepMicros: number;
  /** To the same reader right afterwards, while it is awake. */
  readonly awakeMicros: number;
};

const messageBytes = 100;
const messages = 8;
/** The reader answers after this many bytes. */
export const burstBytes = messageBytes * messages;

const bursts = 4000;
const warmUps = 500;
/** Long enough for the reader to have gone back to sleep after its answer. */
const pauseMs = 0.1;

async function measureWakeUp(url: URL): Promise<WakeUpCost> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  const message = Buffer.alloc(messageBytes, '.');
  const timeWrite = () => {
    const startedMs = performance.now();
    socket.write(message);
    return (performance.now() - startedMs) * 1000;
  };
  const asleep: number[] = [];
  const awake: number[] = [];
  for (let i = -warmUps; i < bursts; i++) {
    const untilMs = performance.now() + pauseMs;
    // waiting without a timer keeps this processor awake, as a busy server's is
    while (performance.now() < untilMs);
    const answered = once(socket, 'data');
    const [first, ...rest] = Array.from({ length: messages }, timeWrite);
    await answered;
    if (i < 0) continue;
    asleep.push(first);
    awake.push(...rest);
  }
  socket.destroy();
  return { asleepMicros: summarise(asleep).median, awakeMicros: summarise(awake).median };
}

if (import.meta.main) console.log(JSON.stringify(await measureWakeUp(new URL(process.argv[2]))));
