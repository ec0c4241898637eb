import { runJob } from './drift-plan.ts';
import { answerJobs } from './on-all-cores.ts';

answerJobs(runJob);
