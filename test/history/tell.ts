import { type Finding, type History, type Operation, slotOf } from './history.ts';
import { livesOf } from './lives.ts';
import type { Plan } from './plan.ts';

/** The number of ids named per finding, and of findings reported per rule: those with the fewest operations. */
const maxIds = 2;
const maxPerRule = 2;

/** Reports what was found, which operations explain it, and how to reproduce it. */
export function tellFindings(findings: readonly Finding[], history: History, plan: Plan): string {
  const lives = livesOf(history);
  const about = ({ ids, operations = [] }: Finding): readonly Operation[] => {
    const touching = ids.slice(0, maxIds).flatMap((id) => {
      const life = lives.get(id);
      return life === undefined ? [] : [life.predict, ...life.reports, ...life.forgets];
    });
    const own = [...new Set([...operations, ...touching])];
    const processes = new Set(own.flatMap((operation) => ('process' in operation ? operation.process : [])));
    const ends = history.operations.filter(
      (operation) => operation.kind === 'end' && processes.has(operation.process),
    );
    return [...new Set([...own, ...ends])].sort((a, b) => a.begunMs - b.begunMs);
  };
  const told = shortest(findings.map((finding) => ({ finding, operations: about(finding) }))).map((one) => {
    const { rule, message, ids } = one.finding;
    const more = ids.length > maxIds ? ` and ${ids.length - maxIds} more` : '';
    const of = ids.length > 0 ? `\n  ids ${ids.slice(0, maxIds).join(', ')}${more}` : '';
    const operations = one.operations.map((operation) => `\n    ${describeOperation(operation)}`);
    return `${rule}: ${message}${of}${operations.join('')}`;
  });
  const rules = new Map<string, number>();
  for (const { rule } of findings) rules.set(rule, (rules.get(rule) ?? 0) + 1);
  return [
    `${findings.length} findings: ${[...rules].map(([rule, count]) => `${count} ${rule}`).join(', ')}`,
    `again: SEED=${plan.seed} npm run faults -- --grep 'a history'`,
    `shape: ${JSON.stringify(plan.shape)}`,
    ...told,
    'what was done:',
    ...plan.steps.map((step, i) => `  ${i + 1} ${JSON.stringify(step)}`),
  ].join('\n');
}

type Explained = { readonly finding: Finding; readonly operations: readonly Operation[] };

function shortest(findings: readonly Explained[]): readonly Explained[] {
  return [...Map.groupBy(findings, ({ finding }) => finding.rule).values()].flatMap((ofRule) =>
    ofRule.sort((a, b) => a.operations.length - b.operations.length).slice(0, maxPerRule),
  );
}

/** One operation on one line: when, where, what, and what came of it. */
export function describeOperation(operation: Operation): string {
  const { step, begunMs, endedMs, error } = operation;
  const where = 'process' in operation ? ` ${operation.process}` : '';
  return `${begunMs}–${endedMs ?? '…'} ms, step ${step}${where}: ${describe(operation)}${error === undefined ? '' : `: ${error}`}`;
}

function describe(operation: Operation): string {
  switch (operation.kind) {
    case 'predict':
      return `predict: ${operation.answer?.status ?? 'no answer'}`;
    case 'report': {
      const { answer, outcomes } = operation;
      const { invalid, ...receipt } = answer?.receipt ?? {};
      const said =
        answer?.receipt === undefined ? '' : ` ${JSON.stringify({ ...receipt, invalid: invalid?.length })}`;
      return `report of ${outcomes.length}: ${answer?.status ?? 'no answer'}${said}`;
    }
    case 'scrape':
      return `scrape of ${slotOf(operation.process)}: ${operation.answer?.status ?? 'no answer'}`;
    case 'forget':
      return `forget ${operation.ids.length}: ${JSON.stringify(operation.answer)}`;
    case 'end':
      return `${operation.signal}: exit code ${operation.code}`;
    case 'start':
      return 'start';
    case 'fault':
      return `${operation.what} ${operation.state}`;
  }
}
