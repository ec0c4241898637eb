/**
 * Loaded by `--import` before a program: the `FAULT_AT`-th operation on files below `FAULT_FOLDER` fails with
 * `FAULT_CODE`, as a disk makes it fail: a write has written half by then. Says which it was on standard error.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { FAULT_AT = '0', FAULT_CODE = 'EIO', FAULT_FOLDER = '' } = process.env;
const handleOf = new WeakMap<object, string>();
let operations = 0;

function isTheOne(name: string, path: string): boolean {
  if (!path.startsWith(FAULT_FOLDER) || path.endsWith('lock') || ++operations !== Number(FAULT_AT))
    return false;
  process.stderr.write(`fault in ${name} of ${path}\n`);
  return true;
}
const fault = () => Object.assign(new Error(`${FAULT_CODE}: a fault of the test`), { code: FAULT_CODE });

const ofPaths = [
  'mkdir',
  'readFile',
  'readdir',
  'rename',
  'rm',
  'stat',
  'truncate',
  'unlink',
  'utimes',
  'writeFile',
  'link',
] as const;
const functions = fs as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
for (const name of ofPaths) {
  const real = functions[name];
  functions[name] = async (...args) => {
    if (isTheOne(name, String(args[0]))) throw fault();
    return real(...args);
  };
}
const open = fs.open;
functions.open = async (...args) => {
  if (isTheOne('open', String(args[0]))) throw fault();
  const handle = await open(...(args as Parameters<typeof open>));
  handleOf.set(handle, String(args[0]));
  return handle;
};
const probe = await open('/dev/null');
const prototype = Object.getPrototypeOf(probe) as Record<string, (...args: unknown[]) => Promise<unknown>>;
await probe.close();
for (const name of ['write', 'appendFile', 'truncate', 'stat', 'read', 'utimes', 'sync', 'chown']) {
  const real = prototype[name];
  prototype[name] = async function (this: object, ...args: unknown[]) {
    if (!isTheOne(`FileHandle.${name}`, handleOf.get(this) ?? '')) return real.apply(this, args);
    const [data, start = 0] = args as [Buffer, number?];
    if (name === 'write') await real.call(this, data.subarray(start, start + ((data.length - start) >> 1)));
    throw fault();
  };
}
syncBuiltinESMExports();
