#!/usr/bin/env node
// The command `vigia`. Plain JavaScript, so that an old Node reads it and says which one is needed.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

// the repository runs its source; the npm package has only what was built from it, which Node requires below node_modules
const [folder, extension] = existsSync(join(__dirname, '../src')) ? ['../src', 'ts'] : ['../dist/src', 'js'];

require(`${folder}/require-node.cjs`);
import(`${folder}/cli/main.${extension}`);
