// Loaded by `node --require` before anything else: ends the process, in one line, on a Node that cannot run the rest.
'use strict';

const { message } = require('./node-version.cjs');

if (message) {
  console.error(message);
  process.exit(1);
}
