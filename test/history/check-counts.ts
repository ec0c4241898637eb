import { diskTroubles } from './disk-troubles.ts';
import { type Finding, type History, type Operation, type Scrape, slotOf } from './history.ts';
import { readLines } from './kept-lines.ts';
import { type Life, livesOf } from './lives.ts';
import { type Labels, labelsOf, sumIncreases } from './prometheus.ts';

const metric = 'model_outcomes_total';

/** The outcomes that one series counts: those of a bin of the score, by prediction and outcome. */
type Cell = {
  readonly series: string;
  readonly labels: Labels;
  /** Each has to be counted once. */
  readonly counted: Life[];
  /** Deleted before it was certain that they had been counted: counted once, or not at all. */
  readonly deleted: Life[];
};

/**
 * Each outcome in the files is exactly once in the sum of all scraped increases.
 *
 * One exception cannot be avoided: a process notes which outcomes it has shown and sends them, and a kill may come
 * between the two. So the outcomes that no answered scrape had shown when a process was killed with a scrape under way
 * may be missing; they are never counted twice.
 *
 * Nor can it be avoided that outcomes count again which were shown while the disk had no room for the note, if a kill
 * comes before it had.
 */
export function checkCounts(history: History): Finding[] {
  const scrapes = history.operations.filter((operation) => operation.kind === 'scrape');
  const { increases } = sumIncreases(scrapes);
  const cells = cellsOf(history, increases.keys());
  const kills = killsDuringScrapes(history, scrapes);
  return [...cells.values()].flatMap((cell) => {
    const { series, counted, deleted } = cell;
    const got = Math.round(increases.get(series) ?? 0);
    const most = counted.length + deleted.length;
    if (got > most + shownWithoutNote(cell, history, scrapes))
      return [tell('counted-twice', cell, `${got} are counted, ${most} are kept`, history)];
    if (got >= counted.length - excused(cell, kills, scrapes)) return [];
    return [tell('not-counted', cell, `${got} are counted, ${counted.length} are kept`, history)];
  });
}

function cellsOf(history: History, series: Iterable<string>): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const name of series) {
    const labels = labelsOf(name, metric);
    if (labels !== undefined) cells.set(name, { series: name, labels, counted: [], deleted: [] });
  }
  const { byId } = readLines(history.outcomes);
  for (const life of livesOf(history).values()) {
    const kept = byId.get(life.id)?.[0].fields.outcome;
    const { score, prediction } = life.predict.expected;
    const outcome = kept ?? life.reports[0]?.outcomes.find(({ id }) => id === life.id)?.outcome;
    const cell = [...cells.values()].find(
      ({ labels }) =>
        labels.prediction === prediction && labels.outcome === outcome && isIn(labels.score_bin, score),
    );
    if (kept !== undefined) {
      if (cell === undefined) throw new Error(`no series counts ${prediction}, ${outcome} at ${score}`);
      cell.counted.push(life);
    } else if (life.forgets.length > 0) cell?.deleted.push(life);
  }
  return cells;
}

/** Whether a bin holds a score: `09 (0.18, 0.2]`. */
function isIn(bin: string, score: number): boolean {
  const [, above, upTo] = /^\d+ \((\S+), (\S+)[\])]$/.exec(bin) ?? [];
  const bound = (text: string) => Number(text.replace('inf', 'Infinity'));
  return score > bound(above) && score <= bound(upTo);
}

/** When there was a kill while a scrape had not been answered, and never was. */
function killsDuringScrapes({ operations }: History, scrapes: readonly Scrape[]): readonly number[] {
  return operations.flatMap((operation) => {
    if (operation.kind !== 'end' || operation.signal !== 'SIGKILL') return [];
    const { process, begunMs, endedMs = Number.POSITIVE_INFINITY } = operation;
    const isCut = scrapes.some(
      (scrape) =>
        scrape.process === process &&
        scrape.answer === undefined &&
        scrape.error !== 'ECONNREFUSED' &&
        scrape.begunMs <= endedMs,
    );
    return isCut ? [begunMs] : [];
  });
}

/** How many of a cell may be missing: those that had been sent at such a kill, and that no scrape had shown. */
function excused({ series, counted }: Cell, kills: readonly number[], scrapes: readonly Scrape[]): number {
  const unshown = kills.map((atMs) => {
    const sent = counted.filter(({ reports }) => reports.some(({ begunMs }) => begunMs <= atMs)).length;
    const answered = scrapes.filter(({ endedMs = Number.POSITIVE_INFINITY }) => endedMs <= atMs);
    return sent - (sumIncreases(answered).increases.get(series) ?? 0);
  });
  return Math.max(0, ...unshown);
}

/** What processes that were killed had shown of a cell since their last scrape that the disk had room to note. */
function shownWithoutNote({ series }: Cell, history: History, scrapes: readonly Scrape[]): number {
  const troubles = diskTroubles(history);
  const isNoted = ({ begunMs, endedMs = Number.POSITIVE_INFINITY }: Scrape) =>
    troubles.every(({ fromMs, toMs }) => endedMs < fromMs || begunMs > toMs);
  return history.operations.reduce((sum, operation) => {
    if (operation.kind !== 'end' || operation.signal !== 'SIGKILL') return sum;
    const own = scrapes.filter(
      ({ process, answer }) => process === operation.process && answer !== undefined,
    );
    const valueAt = (scrape: Scrape | undefined) => scrape?.answer?.exposition?.counters.get(series) ?? 0;
    return sum + valueAt(own.at(-1)) - valueAt(own.findLast(isNoted) ?? own[0]);
  }, 0);
}

/** Names those of a cell that explain it best: what was last sent to a process that showed nothing more. */
function tell(rule: string, { series, counted, deleted }: Cell, message: string, history: History): Finding {
  const suspects = [...counted, ...deleted];
  const unshown = suspects.filter((life) => !wasShownByItsProcess(life, history.operations));
  const repeated = suspects.filter(({ reports }) => reports.length > 1);
  const [likely] = (rule === 'not-counted' ? [unshown] : [unshown, repeated]).filter(
    (some) => some.length > 0,
  );
  const some = likely ?? suspects;
  return {
    rule,
    message: `${series}: ${message}`,
    ids: some.map(({ id }) => id),
    operations: scrapesAfter(some[0], history.operations),
  };
}

/** The number of scrapes listed for what should have been counted: the first ones that could show it. */
const maxScrapes = 3;

function scrapesAfter(life: Life | undefined, operations: readonly Operation[]): readonly Operation[] {
  const [report] = life?.reports ?? [];
  if (report === undefined) return [];
  const slot = slotOf(report.process);
  return operations
    .filter(
      (operation) =>
        operation.kind === 'scrape' &&
        slotOf(operation.process) === slot &&
        (operation.endedMs ?? Number.POSITIVE_INFINITY) > report.begunMs,
    )
    .slice(0, maxScrapes);
}

function wasShownByItsProcess({ reports }: Life, operations: readonly Operation[]): boolean {
  const [first] = reports;
  return operations.some(
    (operation) =>
      operation.kind === 'scrape' &&
      operation.process === first?.process &&
      operation.answer !== undefined &&
      operation.begunMs > (first.endedMs ?? Number.POSITIVE_INFINITY),
  );
}
