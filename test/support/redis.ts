import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type TestRedis = {
  readonly url: string;
  readonly process: ChildProcess;
  /** Kills it; its data are gone. */
  stop(): Promise<void>;
};

/** Starts a Redis that stores nothing on disk, and is open to anyone unless there is a password. */
export async function startRedis(program: string, port: number, password = ''): Promise<TestRedis> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  args.push('--requirepass', password);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let said = '';
  await Promise.race([
    new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('Ready to accept connections')) resolve();
      });
    }),
    exited.then(() => {
      throw new Error(`Redis ended: ${said}`);
    }),
  ]);
  return {
    url: `redis://127.0.0.1:${port}`,
    process: child,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
