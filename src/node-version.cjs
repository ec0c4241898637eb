// Plain JavaScript, so that any Node can read it: an old one fails on the first TypeScript file with
// ERR_UNKNOWN_FILE_EXTENSION, which says nothing of its version.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** Why this version of Node cannot run the project whose `engines.node` is `required` (">=24.11.1"); empty if it can. */
function refusal(version, required) {
  const oldest = /[\d.]+/.exec(required)[0];
  if (version.localeCompare(oldest, 'en', { numeric: true }) >= 0) return '';
  // the npm package has no lockfile, and brings no Node
  const isRepository = existsSync(join(__dirname, '../package-lock.json'));
  const otherwise = isRepository
    ? ', or run "npm ci" without --omit=dev, which brings one for the npm scripts'
    : '';
  return `vigia: needs Node.js ${oldest} or newer, and this is ${version}: install it from https://nodejs.org${otherwise}`;
}

module.exports = {
  refusal,
  /** Why this Node cannot run it; empty if it can. */
  message: refusal(process.versions.node, require('../package.json').engines.node),
};
