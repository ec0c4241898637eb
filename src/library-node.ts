import { createRequire } from 'node:module';

// Imported first by the library: a program that imports it on an old Node is told so, instead of failing later on
// whichever function that Node lacks.
const { message } = createRequire(import.meta.url)('./node-version.cjs') as { message: string };
if (message) throw new Error(message);
