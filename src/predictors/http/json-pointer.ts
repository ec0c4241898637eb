import { z } from 'zod';

/** A JSON pointer (RFC 6901): empty for the whole value, otherwise `/` and a name or a place for each step. */
export const jsonPointer = z
  .string()
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer, such as /probability');

/** Finds the value that a pointer names; `undefined` where there is none. */
export type Finder = (value: unknown) => unknown;

/** Makes the finder of a pointer, whose steps are taken apart once. */
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
