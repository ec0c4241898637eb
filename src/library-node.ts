import { createRequire } from 'node:module';

// The library imports this first, so that in an old Node it fails with the version that it needs, and not with the first
// function that is missing there.
const { message } = createRequire(import.meta.url)('./node-version.cjs') as { message: string };
if (message) throw new Error(message);
