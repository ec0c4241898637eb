import { z } from 'zod';

/** A JSON pointer (RFC 6901): empty for the whole value, otherwise `/` and a name or an index for each step. */
export const jsonPointer = z
  .string()
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer, such as /probability');

/** Finds the value that a pointer refers to; `undefined` if there is none. */
export type Finder = (value: unknown) => unknown;

/** Makes the finder for a pointer, which is parsed once. */
export function createFinder(pointer: string): Finder {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (value) => {
    let found = value;
    for (const step of steps) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
      found = (found as Record<string, unknown>)[step];
    }
    return found;
  };
}
