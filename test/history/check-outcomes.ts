import type { Finding, History, Receipt, Report } from './history.ts';
import { readLines } from './kept-lines.ts';
import { type Life, livesOf, saysKept } from './lives.ts';

/**
 * Each outcome that an answer says to be kept is in the files exactly once (not at all once it was deleted), as it was
 * sent, and no answer accepts it a second time.
 */
export function checkOutcomes(history: History): Finding[] {
  const lives = livesOf(history);
  return [...checkLines(history, lives), ...checkReceipts(history, lives)];
}

function checkLines(history: History, lives: ReadonlyMap<string, Life>): Finding[] {
  const { byId, torn } = readLines(history.outcomes);
  const findings = [...torn];
  for (const { id, reports, forgets, predict } of lives.values()) {
    const lines = byId.get(id) ?? [];
    const find = (rule: string, message: string) => findings.push({ rule, message, ids: [id] });
    const keptBy = reports.find((report) => saysKept(report, id));
    if (lines.length === 0 && keptBy !== undefined && forgets.length === 0) {
      find('outcome-lost', `was said to be kept in step ${keptBy.step}`);
    }
    if (reports.length > 0 && keptBy === undefined) {
      find('outcome-refused', 'was never kept, though it was sent again once all was well');
    }
    // where replicas share a store, one that was written and could not be confirmed is written again
    const unconfirmed = history.hasStore ? reports.filter((report) => !saysKept(report, id)).length : 0;
    if (lines.length > 1 + unconfirmed) find('outcome-twice', `${lines.length} lines`);
    for (const { fields, file } of lines) {
      const isSent = reports.some(({ outcomes }) =>
        outcomes.some((sent) => sent.id === id && sent.outcome === fields.outcome),
      );
      if (!isSent || fields.score !== predict.expected.score) {
        find('outcome-altered', `${file}: ${JSON.stringify(fields)}`);
      }
    }
  }
  for (const [id, [{ file, fields }]] of byId) {
    if (lives.has(id) || typeof fields.forgottenKey === 'string') continue;
    findings.push({ rule: 'outcome-unknown', message: `${file}: ${JSON.stringify(fields)}`, ids: [] });
  }
  return findings;
}

function checkReceipts({ operations }: History, lives: ReadonlyMap<string, Life>): Finding[] {
  const findings: Finding[] = [];
  for (const report of operations) {
    const receipt = report.kind === 'report' ? report.answer?.receipt : undefined;
    if (receipt !== undefined) findings.push(...checkReceipt(report as Report, receipt, lives));
  }
  return findings;
}

function checkReceipt(report: Report, receipt: Receipt, lives: ReadonlyMap<string, Life>): Finding[] {
  const { outcomes } = report;
  const { accepted, duplicate, expired, invalid } = receipt;
  const ids = [...new Set(outcomes.map(({ id }) => id))].filter((id) => lives.has(id));
  const findings: Finding[] = [];
  const find = (rule: string, message: string, concerned: readonly string[]) =>
    findings.push({ rule, message, ids: concerned, operations: [report] });
  const sum = accepted + duplicate + expired + invalid.length;
  if (sum !== outcomes.length) {
    find('receipt', `the receipt is of ${sum} outcomes, sent were ${outcomes.length}`, []);
  }
  const forged = outcomes.filter(({ id }) => !lives.has(id)).length;
  if (invalid.length !== forged) {
    find('invalid', `${invalid.length} outcomes are said to be invalid, ${forged} were`, []);
  }
  // no prediction is older than the test
  if (expired > 0) find('expired', `${expired} outcomes are said to have expired`, ids);
  const earlier = (id: string) =>
    lives.get(id)?.reports.filter((other) => other !== report && other.begunMs <= (report.endedMs ?? 0)) ??
    [];
  const keptBefore = ids.filter((id) =>
    earlier(id).some((other) => saysKept(other, id) && (other.endedMs ?? Infinity) < report.begunMs),
  );
  if (accepted > ids.length - keptBefore.length) {
    find(
      'accepted-again',
      `${accepted} of ${ids.length} are accepted, though ${keptBefore.length} were kept before`,
      keptBefore,
    );
  }
  const sentBefore = ids.filter((id) => earlier(id).length > 0);
  const repeated = outcomes.length - forged - ids.length;
  if (duplicate > sentBefore.length + repeated) {
    const first = ids.filter((id) => !sentBefore.includes(id));
    find('duplicate-at-once', `${duplicate} are said to be duplicates, but ${first.length} are new`, first);
  }
  return findings;
}
