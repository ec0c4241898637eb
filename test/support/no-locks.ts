import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { requireTool, skipForLackOf } from './tools.ts';

const source = `#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>
int fcntl64(int file, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (command == F_SETLK || command == F_SETLKW) return errno = ENOLCK, -1;
  return syscall(SYS_fcntl, file, command, argument);
}
int fcntl(int file, int command, ...) __attribute__((alias("fcntl64")));
`;

/** Builds a library, to be named in `LD_PRELOAD`, that deprives a program of the file system's locks. */
export function compileNoLocks(context: Context, folder: string): string {
  if (process.platform !== 'linux') skipForLackOf(context, 'only Linux has LD_PRELOAD');
  const compiler = requireTool(context, 'cc');
  const [text, library] = ['no-locks.c', 'no-locks.so'].map((name) => join(folder, name));
  writeFileSync(text, source);
  const { status, stderr } = spawnSync(compiler, ['-shared', '-fPIC', '-o', library, text]);
  if (status !== 0) throw new Error(String(stderr));
  return library;
}
