import { basename, dirname } from 'node:path';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import Mocha from 'mocha';
import { isTooSlow, unitTests } from './unit-tests.ts';

/**
 * Runs the unit tests for Stryker, all in one process, so that a mutant costs only the tests that reach it.
 * (Stryker's own runner for mocha looks for parts of mocha that version 12 keeps elsewhere.)
 */
class MochaRunner implements TestRunner {
  /** A test that waits for what never comes fails by itself; otherwise the process would have to be started again. */
  readonly #mocha = new Mocha({ timeout: 10_000, bail: true });
  readonly #stryker: InstrumenterContext;
  #isLoaded = false;

  constructor() {
    const shared = globalThis as { [INSTRUMENTER_CONSTANTS.NAMESPACE]?: InstrumenterContext };
    this.#stryker = shared[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
  }

  capabilities() {
    // a module that was imported stays imported
    return { reloadEnvironment: false };
  }

  async init(): Promise<void> {
    // every mutant meets the same inputs; and one failure will do, nobody reads its smallest example
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    for (const file of await unitTests()) this.#mocha.addFile(file);
    this.#mocha.cleanReferencesAfterRun(false);
    const stryker = this.#stryker;
    this.#mocha.suite.beforeEach('note which test runs', function () {
      stryker.currentTestId = this.currentTest!.fullTitle();
    });
  }

  async dryRun(): Promise<DryRunResult> {
    const tests = await this.#run();
    const mutantCoverage = this.#stryker.mutantCoverage ?? { static: {}, perTest: {} };
    const { perTest } = mutantCoverage;
    // of a mutant that tests reach as they run, it does not matter that it was also reached as they were loaded
    for (const covered of Object.values(perTest)) {
      for (const mutant of Object.keys(covered)) delete mutantCoverage.static[mutant];
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, hitLimit, testFilter }: MutantRunOptions): Promise<MutantRunResult> {
    const stryker = this.#stryker;
    stryker.activeMutant = undefined!;
    await this.#load();
    this.#startWith(basename(dirname(activeMutant.fileName)));
    stryker.hitLimit = hitLimit!;
    stryker.hitCount = 0;
    stryker.activeMutant = activeMutant.id;
    const tests = await this.#run(testFilter);
    return toMutantRunResult(
      determineHitLimitReached(stryker.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests },
    );
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    await this.#mocha.loadFilesAsync();
    leaveOutSlow(this.#mocha.suite);
  }

  /** The tests of the mutant's own folder are the likeliest to fail, and the first failure ends the run. */
  #startWith(folder: string): void {
    const isOwn = ({ file = '' }: Mocha.Suite) => Number(basename(dirname(file)) === folder);
    this.#mocha.suite.suites.sort((a, b) => isOwn(b) - isOwn(a));
  }

  /** Runs these tests, or all, until one fails. */
  async #run(titles?: readonly string[]): Promise<TestResult[]> {
    await this.#load();
    if (titles) this.#mocha.grep(new RegExp(titles.map((title) => `^${escaped(title)}$`).join('|')));
    const tests: TestResult[] = [];
    let startedMs = processorMs();
    const resultOf = (test: Mocha.Test) => {
      const endedMs = processorMs();
      const timeSpentMs = endedMs - startedMs;
      startedMs = endedMs;
      const id = (test.ctx?.currentTest ?? test).fullTitle();
      return { id, name: id, timeSpentMs, ...(test.file && { fileName: test.file }) };
    };
    await new Promise<void>((resolve) => {
      const runner = this.#mocha.run(() => resolve());
      runner.on('pass', (test) => tests.push({ ...resultOf(test), status: TestStatus.Success }));
      runner.on('fail', (test, { message }) =>
        tests.push({ ...resultOf(test), status: TestStatus.Failed, failureMessage: message || 'failed' }),
      );
    });
    return tests;
  }
}

/** A text as a regular expression that matches it. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function leaveOutSlow(suite: Mocha.Suite): void {
  suite.tests = suite.tests.filter((test) => !isTooSlow(test.fullTitle()));
  suite.suites.forEach(leaveOutSlow);
}

/** The processor time of this process, which other processes hardly change. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'mocha-12', MochaRunner)];
