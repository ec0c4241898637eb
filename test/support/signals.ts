import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { eventually } from './service.ts';

/** Resolves as soon as a process has a handler for a signal. Linux only. */
export async function catches(pid: number, name: NodeJS.Signals): Promise<void> {
  const bit = 1n << BigInt(constants.signals[name] - 1);
  await eventually(() => {
    const [, caught] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    if ((BigInt(`0x${caught}`) & bit) === 0n) throw new Error(`${pid} does not catch ${name}`);
  });
}

/** The child process of another process; undefined while there is none. Linux only. */
export function childOf(pid: number): number | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return child ? Number(child) : undefined;
}
