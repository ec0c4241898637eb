import { expectedCounts, rankCategories } from '../../profile/make-reference.ts';
import type { CategoricalBins } from '../../stats/binning.ts';
import { canonicalCategory } from '../../stats/category-text.ts';
import { copyOf } from '../../text/own-text.ts';

/** A column with more different texts than this names its rows instead of describing them. */
const maxTexts = 10_000;

/** Collects a categorical reference whose categories are not known beforehand. */
export type CategoryCounter = {
  /** Takes a text, a number or a boolean; `null` is missing. */
  add(value: unknown): void;
  /** The counts are those to expect of new rows (see `expectedCounts`). `null` when there were too many different texts to be categories. */
  finish(): { readonly bins: CategoricalBins; readonly counts: number[] } | null;
};

export function createCategoryCounter(): CategoryCounter {
  const texts = new Map<unknown, number>();
  let missing = 0;
  return {
    add(value) {
      if (value === null || value === undefined) {
        missing++;
        return;
      }
      const text = typeof value === 'object' ? String(value) : value;
      const count = texts.get(text);
      if (count !== undefined) texts.set(text, count + 1);
      // A copy: a piece cut from a file's text would keep the whole text in memory.
      else if (texts.size <= maxTexts) texts.set(typeof text === 'string' ? copyOf(text) : text, 1);
    },
    finish() {
      if (texts.size > maxTexts) return null;
      const counts = new Map<string, number>();
      for (const [text, count] of texts) {
        const category = canonicalCategory(text);
        if (category === '') missing += count;
        else counts.set(category, (counts.get(category) ?? 0) + count);
      }
      const bins = { kind: 'categorical', ...rankCategories(counts) } as const;
      return { bins, counts: expectedCounts(bins, counts, missing) };
    },
  };
}
