import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';

/** The folders of `src/` whose mutants are tested, each of which has to reach the score. */
const allFolders = ['stats', 'monitor', 'outcomes'];
const minScore = 0.85;
/** All mutants at once would slow down the tests that reach them: each is a question that the code has to ask. */
const parts = 10;

const { values, positionals } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
  allowPositionals: true,
});
const folders = positionals.length > 0 ? positionals : allFolders;
const unknown = folders.find((folder) => !existsSync(join('src', folder)));
if (unknown !== undefined) {
  console.error(`src/${unknown}: no such folder`);
  process.exit(2);
}
// a test that a mutant has stopped deletes nothing
const temporary = mkdtempSync(join(tmpdir(), 'vigia-mutants-'));
// some tests act as another user
chmodSync(temporary, 0o1777);
process.env.TMPDIR = temporary;
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));

/** Tests the mutants of one part of these folders; of parts, see left-out.ts. */
function testPart(part: number): Promise<MutantResult[]> {
  process.env.MUTANTS_PART = `${part}/${parts}`;
  return new Stryker({
    mutate: [...folders.map((folder) => `src/${folder}/**/*.ts`), '!**/*.d.ts'],
    plugins: ['./test/mutants/mocha-runner.ts', './test/mutants/left-out.ts'],
    testRunner: 'mocha-12',
    ignorers: ['left-out'],
    coverageAnalysis: 'perTest',
    // a mutant of what is computed as a module is imported would need a process of its own
    ignoreStatic: true,
    // Stryker would rewrite the first by a part of TypeScript that version 7 no longer has, and cannot copy the other,
    // which has a link to a folder
    ignorePatterns: ['/tsconfig.json', '/deploy/helm'],
    disableTypeChecks: false,
    concurrency: Number(values.jobs),
    timeoutMS: 20_000,
    reporters: ['clear-text'],
    clearTextReporter: { reportTests: false, logTests: false, allowColor: false, reportScoreTable: false },
    tempDirName: join(temporary, 'copy'),
  }).runMutationTest();
}

/** How many mutants the tests have detected, of all that they could have. */
function count(mutants: readonly MutantResult[]) {
  const ofStatus = (...statuses: MutantResult['status'][]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length;
  const detected = ofStatus('Killed', 'Timeout');
  return { detected, all: detected + ofStatus('Survived', 'NoCoverage') };
}

const results: MutantResult[] = [];
for (let part = 1; part <= (values.all ? parts : 1); part++) results.push(...(await testPart(part)));
for (const folder of folders) {
  const place = join('src', folder, '/');
  const { detected, all } = count(results.filter(({ fileName }) => fileName.includes(place)));
  const score = detected / all;
  console.log(`src/${folder}: ${(100 * score).toFixed(1)} % (${detected} of ${all} mutants are detected)`);
  // without any mutant it is not a number
  if (!(score >= minScore)) {
    console.error(`src/${folder}: it should be at least ${100 * minScore} %; the list above has the others`);
    process.exitCode = 1;
  }
}
