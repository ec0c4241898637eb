import type { Finding, Forget, History, Operation, Predict, Report } from './history.ts';

/** All that happened to one prediction. */
export type Life = {
  readonly id: string;
  readonly predict: Predict;
  readonly reports: readonly Report[];
  readonly forgets: readonly Forget[];
};

/** Those whose prediction was answered, by id. */
export function livesOf({ operations }: History): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life & { reports: Report[]; forgets: Forget[] }>();
  for (const operation of operations) {
    if (operation.kind !== 'predict') continue;
    const id = operation.answer?.id;
    if (id !== undefined) lives.set(id, { id, predict: operation, reports: [], forgets: [] });
  }
  for (const operation of operations) {
    if (operation.kind === 'report') {
      const ids = new Set(operation.outcomes.map(({ id }) => id));
      for (const id of ids) lives.get(id)?.reports.push(operation);
    }
    if (operation.kind === 'forget') for (const id of operation.ids) lives.get(id)?.forgets.push(operation);
  }
  return lives;
}

/** Whether an answer says of an outcome that it is kept: just now, or since an earlier report. */
export function saysKept({ answer, outcomes }: Report, id: string): boolean {
  const { receipt } = answer ?? {};
  if (receipt === undefined || receipt.expired > 0) return false;
  return !receipt.invalid.some(({ index }) => outcomes[index]?.id === id);
}

/** Whether a command has said that it deleted all of what it was given. */
export function saysDeleted({ answer }: Forget): boolean {
  return answer?.code === 0 && answer.deleted > 0;
}

/** The end of a process; `undefined` while it runs. */
export function endOf(history: History, process: string): (Operation & { kind: 'end' }) | undefined {
  return history.operations.find(
    (operation): operation is Operation & { kind: 'end' } =>
      operation.kind === 'end' && operation.process === process,
  );
}

/** What a command has said to be deleted is in no file. */
export function checkForgotten(history: History): Finding[] {
  const files = [...history.samples, ...history.outcomes];
  return [...livesOf(history).values()].flatMap(({ id, forgets }) => {
    if (!forgets.some(saysDeleted)) return [];
    return files
      .filter(([, text]) => text.includes(id))
      .map(([name]) => ({
        rule: 'forgotten-is-back',
        message: `is in ${name} after its deletion`,
        ids: [id],
      }));
  });
}
