import { indexCategories } from '../stats/category-text.ts';
import { copyOf } from '../text/own-text.ts';

/** A column with more distinct values, or longer ones, does not contain outcomes. */
const maxTexts = 1000;
const maxCharacters = 1000;

/** The distinct outcomes of a table, each by its index: millions of rows have few. */
export type OutcomeTexts = {
  /** The index of an outcome. @throws Error if the column does not contain outcomes */
  placeOf(text: string): number;
  /** The outcome at an index as it is sent. */
  sent(place: number): string;
};

/**
 * @param column for errors
 * @param map maps values of the table to what is sent for them, however the value is written (see `indexCategories`);
 * others are sent unchanged
 */
export function createOutcomeTexts(
  column: string,
  map: readonly (readonly [value: string, sent: string])[] = [],
): OutcomeTexts {
  const places = new Map<string, number>();
  const texts: string[] = [];
  const mapped = indexCategories(map);
  return {
    placeOf(text) {
      const known = places.get(text);
      if (known !== undefined) return known;
      if (texts.length === maxTexts || text.length > maxCharacters) {
        const what =
          text.length > maxCharacters
            ? `a value of ${text.length} characters`
            : `more than ${maxTexts} distinct values`;
        throw new Error(`column ${column} has ${what}: it does not contain outcomes`);
      }
      places.set(copyOf(text), texts.length);
      texts.push(mapped(text) ?? copyOf(text));
      return texts.length - 1;
    },
    sent: (place) => texts[place],
  };
}
