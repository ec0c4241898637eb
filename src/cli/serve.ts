import { ownFile } from '../files/own-file.ts';

/** What Node runs as the service: instrumentation has to be loaded before all else, and memory be set before Node starts. */
export const serviceArguments = [
  '--require',
  './src/require-node.cjs',
  '--max-semi-space-size=16',
  '--import',
  './otel/register.ts',
  'src/server.ts',
] as const;

/** Puts the service in the place of this process, so that signals reach it. */
export async function run(): Promise<never> {
  const args = serviceArguments.map((one) => (one.startsWith('--') ? one : ownFile(one)));
  // as a type it is optional: Windows has none
  return process.execve!(process.execPath, [process.execPath, ...process.execArgv, ...args], process.env);
}
