import type { Finding, History, Operation } from './history.ts';
import { sumIncreases } from './prometheus.ts';

/** What can be said of each answer by itself: it is right, or a refusal that says when to come again. */
export function checkAnswers({ operations }: History): Finding[] {
  const ids = new Set<string>();
  const findings: Finding[] = [];
  const find = (rule: string, message: string, operation: Operation, id?: string) =>
    findings.push({ rule, message, ids: id === undefined ? [] : [id], operations: [operation] });
  for (const operation of operations) {
    const { kind } = operation;
    if (kind === 'end' && operation.signal === 'SIGTERM' && operation.code !== 0) {
      find('exit-code', `a stopped process ended with ${operation.code}`, operation);
    }
    if (kind !== 'predict' && kind !== 'report' && kind !== 'scrape') continue;
    const { answer } = operation;
    if (answer === undefined) continue;
    if (answer.status === 503) {
      if (!/^\d+$/.test(answer.retryAfter ?? '')) {
        find('retry-after', '503 without a Retry-After in seconds', operation);
      }
    } else if (answer.status !== expectedStatus(operation)) {
      find('status', `${kind} was answered with ${answer.status}`, operation);
    }
    if (operation.kind === 'predict' && answer.status === 200) {
      const { id = '', score, prediction } = operation.answer ?? {};
      const { expected } = operation;
      if (score !== expected.score || prediction !== expected.prediction) {
        find('wrong-prediction', `${score} ${prediction} is not ${JSON.stringify(expected)}`, operation, id);
      }
      if (ids.has(id)) find('id-twice', 'two predictions have the same id', operation, id);
      ids.add(id);
    }
  }
  return findings;
}

/** A report is refused as a whole where it brought nothing new and something is invalid. */
function expectedStatus(operation: Operation): number {
  if (operation.kind !== 'report') return 200;
  const { accepted = 0, invalid = [] } = operation.answer?.receipt ?? {};
  return accepted === 0 && invalid.length > 0 ? 422 : 202;
}

/** Within a process no counter goes down, and each is a number. */
export function checkCounters({ operations }: History): Finding[] {
  const { broken } = sumIncreases(operations.filter(({ kind }) => kind === 'scrape') as never);
  return broken.map(({ series, from, to, at }) => ({
    rule: 'counter-broken',
    message: `${series} went from ${from} to ${to}`,
    ids: [],
    operations: [at],
  }));
}
