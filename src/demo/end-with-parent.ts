import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { folderPrefix } from './example.ts';

// Loaded before the service that the demonstration starts. Its standard input is a pipe that closes when the
// demonstration ends, in whatever way, so that neither the service nor its files are left behind: the demonstration cannot
// remove them when its terminal is closed, or when it is killed.

process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume().unref();

const folder = process.cwd();
process.once('exit', () => {
  if (basename(folder).startsWith(folderPrefix)) rmSync(folder, { recursive: true, force: true });
});
