import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

/**
 * Does jobs in as many threads as there are cores, each taking the next waiting job. Resolves to the results in the
 * order of the jobs.
 *
 * @param module does one job per message: it calls `answerJobs`
 */
export async function runOnAllCores<Job, Result>(module: URL, jobs: readonly Job[]): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const oneCore = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(module);
      let at = -1;
      const start = () => {
        at = next++;
        if (at < jobs.length) worker.postMessage(jobs[at]);
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on('error', reject);
      worker.on('message', (result: Result) => {
        results[at] = result;
        done++;
        if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${jobs.length} parts`);
        start();
      });
      start();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, oneCore));
  if (process.stderr.isTTY) process.stderr.write('\n');
  return results;
}

/** Does each job that comes as a message. */
export function answerJobs<Job, Result>(run: (job: Job) => Result): void {
  parentPort?.on('message', (job: Job) => parentPort?.postMessage(run(job)));
}
