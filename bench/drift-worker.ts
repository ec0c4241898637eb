import { parentPort } from 'node:worker_threads';
import { type Job, runJob } from './drift-plan.ts';

/** Does one job a message. */
parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(job)));
