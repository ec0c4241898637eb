import type { FarCounts } from '../../model/counted.ts';
import {
  binCount,
  createBinner,
  indexRecordedBins,
  missingBin,
  numericBinIndex,
  unseenBin,
} from '../../stats/binning.ts';
import { maxMagnitude } from '../../stats/summable.ts';
import { copyOf } from '../../text/own-text.ts';
import { maxExactValues } from './collect-numbers.ts';
import type { ReferenceVariable } from './drift-reference.ts';
import { createNumberColumn, type NumberColumn } from './number-column.ts';

/** This many different unseen categories are distinguished; the rest are only counted. */
const maxUnseenTexts = 100;

/** What is counted of one variable in the live rows. */
export type LiveVariable = {
  readonly reference: ReferenceVariable;
  /** One count a bin, `missing` and `unseen` included. */
  readonly counts: Float64Array;
  readonly below: number;
  readonly above: number;
  /** Values that are no number where one is needed; they count as missing. */
  readonly notNumbers: number;
  /** Rows in which the value was withheld, and which are not counted. */
  readonly withheld: number;
  /** Mean of the values within the reference's `sumBounds`; `null` without any, or where only bins are known. */
  readonly mean: number | null;
  /** How many lie beyond `sumBounds`. */
  readonly far: FarCounts;
  /** Values beyond ±1e100, which are counted in their bin but are not in `column`. */
  readonly leftOut: number;
  /** Every value up to ±1e100, while there are not too many; `null` also where only bins are known. */
  readonly column: NumberColumn | null;
  /** How many values are 0, and the sum of ln |value| of the others; `null` where only bins are known. */
  readonly logs: { readonly zeros: number; readonly logSum: number } | null;
  /** How often each category that the reference lacks was seen. */
  readonly unseenTexts: ReadonlyMap<string, number>;
  /** Counts a value. @returns the index of its bin, or −1 if it was withheld */
  observe(value: unknown): number;
  /** Counts what is known only by its bin, as a sample has it. @returns the bin's index, or −1 for one of other bins */
  observeBin(recorded: unknown, side: unknown): number;
};

/** @param isModels whether the bins are the model's (see `indexRecordedBins`) */
export function createLiveVariable(reference: ReferenceVariable, isModels: boolean): LiveVariable {
  const { bins, range, sumBounds } = reference;
  const isNumeric = bins.kind === 'numeric';
  const edges = isNumeric ? bins.edges : [];
  const binOf = createBinner(bins);
  const missing = missingBin(bins);
  const unseen = isNumeric ? -1 : unseenBin(bins);
  const [min, max] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const [low, high] = sumBounds;
  const counts = new Float64Array(binCount(bins));
  const indexOfRecorded = indexRecordedBins(bins, isModels);
  const unseenTexts = new Map<string, number>();
  let column: NumberColumn | null = isNumeric ? createNumberColumn() : null;
  let below = 0;
  let above = 0;
  let notNumbers = 0;
  let withheld = 0;
  let summed = 0;
  let farBelow = 0;
  let farAbove = 0;
  let leftOut = 0;
  // In an array, as a closure's variable would be created for every fraction.
  const sum = new Float64Array(1);
  const logSum = new Float64Array(1);
  let zeros = 0;
  let onlyBins = false;

  function observeNumber(value: unknown): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      if (value !== null) notNumbers++;
      counts[missing]++;
      return missing;
    }
    const bin = numericBinIndex(edges, value);
    counts[bin]++;
    if (value < low) farBelow++;
    else if (value > high) farAbove++;
    else {
      summed++;
      sum[0] += value;
    }
    if (value === 0) zeros++;
    else logSum[0] += Math.log(Math.abs(value));
    if (value < min) below++;
    else if (value > max) above++;
    if (Math.abs(value) > maxMagnitude) leftOut++;
    else if (column !== null) {
      if (column.length < maxExactValues) column.push(value);
      else column = null;
    }
    return bin;
  }

  function countUnseen(text: string): void {
    const count = unseenTexts.get(text);
    if (count !== undefined) unseenTexts.set(text, count + 1);
    // A copy: a piece cut from a file's text would keep the whole text in memory.
    else if (unseenTexts.size < maxUnseenTexts) unseenTexts.set(copyOf(text), 1);
  }

  return {
    reference,
    counts,
    unseenTexts,
    get below() {
      return below;
    },
    get above() {
      return above;
    },
    get notNumbers() {
      return notNumbers;
    },
    get withheld() {
      return withheld;
    },
    get mean() {
      return summed === 0 || onlyBins ? null : sum[0] / summed;
    },
    get far() {
      return [farBelow, farAbove] as const;
    },
    get logs() {
      return onlyBins ? null : { zeros, logSum: logSum[0] };
    },
    get leftOut() {
      return leftOut;
    },
    get column() {
      return onlyBins ? null : column;
    },
    observe(value) {
      if (value === undefined) {
        withheld++;
        return -1;
      }
      if (isNumeric) return observeNumber(value);
      const bin = binOf(value);
      counts[bin]++;
      if (bin === unseen) countUnseen(String(value));
      return bin;
    },
    observeBin(recorded, side) {
      const bin = indexOfRecorded.get(recorded);
      if (bin === undefined) return -1;
      onlyBins = true;
      counts[bin]++;
      if (side === 'below') below++;
      else if (side === 'above') above++;
      return bin;
    },
  };
}
