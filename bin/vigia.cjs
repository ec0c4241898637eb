#!/usr/bin/env node
// The command `vigia`. Plain JavaScript, so that an old Node reads it and says which one is needed.
'use strict';

require('../src/require-node.cjs');
import('../src/cli/main.ts');
