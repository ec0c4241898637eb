import type { Command } from './command.ts';

/** All commands; each is loaded when it is asked for. */
export const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  serve: () => import('./commands/serve.ts'),
  train: () => import('./commands/train.ts'),
  profile: () => import('./commands/profile.ts'),
  drift: () => import('./commands/drift.ts'),
  evaluate: () => import('./commands/evaluate.ts'),
  outcomes: () => import('./commands/outcomes.ts'),
  rebaseline: () => import('./commands/rebaseline.ts'),
  samples: () => import('./commands/samples.ts'),
  traffic: () => import('./commands/traffic.ts'),
  demo: () => import('./commands/demo.ts'),
};

/** The tables of all commands, in their order. */
export async function loadCommands(): Promise<Command[]> {
  return Promise.all(Object.values(commands).map(async (load) => (await load()).command));
}
