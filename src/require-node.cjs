// Loaded by `node --require` before anything else: ends the process, in one line, on a Node that cannot run the rest.
// Plain JavaScript, so that any Node can read it: an old one fails on the first TypeScript file with
// ERR_UNKNOWN_FILE_EXTENSION, which says nothing of its version.
'use strict';

/** Why this version of Node cannot run the project whose `engines.node` is `required` (">=24"); empty if it can. */
function refusal(version, required) {
  const oldest = Number(/\d+/.exec(required)[0]);
  if (Number.parseInt(version, 10) >= oldest) return '';
  return `vigia: needs Node.js ${oldest} or newer, and this is ${version}: install it from https://nodejs.org, or run "npm ci" without --omit=dev, which brings one for the npm scripts`;
}

const message = refusal(process.versions.node, require('../package.json').engines.node);
if (message) {
  console.error(message);
  process.exit(1);
}

module.exports = { refusal };
