import { answerJobs } from './on-all-cores.ts';
import { runJob } from './outcomes-plan.ts';

answerJobs(runJob);
