import type { Command } from './command.ts';
import { command as demo } from './commands/demo.ts';
import { command as drift } from './commands/drift.ts';
import { command as evaluate } from './commands/evaluate.ts';
import { command as outcomes } from './commands/outcomes.ts';
import { command as profile } from './commands/profile.ts';
import { command as rebaseline } from './commands/rebaseline.ts';
import { command as rules } from './commands/rules.ts';
import { command as samples } from './commands/samples.ts';
import { command as serve } from './commands/serve.ts';
import { command as traffic } from './commands/traffic.ts';
import { command as train } from './commands/train.ts';

/** All commands, in the order of the list of commands. A table is cheap to load; what its command needs is loaded by `run`. */
export const commands: readonly Command[] = [
  serve,
  train,
  profile,
  drift,
  evaluate,
  outcomes,
  rebaseline,
  samples,
  rules,
  traffic,
  demo,
];
