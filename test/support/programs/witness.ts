/**
 * Loaded by `--import` before the service: on SIGUSR2 it prints on standard error, in one line of JSON, which paths the
 * process has used since its start-up message, and what a plain object inherits that it should not.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const paths = new Set<string>();
const takesPath =
  /^(open|read|write|append|mk|rm|unlink|rename|stat|lstat|copy|create|truncate|access|opendir|glob|cp)/;
const takesTwo = /^(rename|copy|cp)/;

function watch(functions: Record<string, unknown>): void {
  for (const [name, original] of Object.entries(functions)) {
    if (typeof original !== 'function' || !takesPath.test(name)) continue;
    functions[name] = Object.assign((...args: unknown[]) => {
      for (const path of args.slice(0, takesTwo.test(name) ? 2 : 1)) {
        if (typeof path === 'string' || path instanceof URL) paths.add(String(path));
      }
      return Reflect.apply(original, functions, args);
    }, original);
  }
}
watch(fs as unknown as Record<string, unknown>);
watch(fs.promises as unknown as Record<string, unknown>);
syncBuiltinESMExports();

process.on('SIGUSR2', () => {
  const inherited: string[] = [];
  for (const key in {}) inherited.push(key);
  const own = Object.getOwnPropertyNames(Object.prototype).sort();
  process.stderr.write(`witness ${JSON.stringify({ paths: [...paths], inherited, own })}\n`);
  paths.clear();
});
