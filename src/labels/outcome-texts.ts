import { indexCategories } from '../stats/category-text.ts';
import { copyOf } from '../text/own-text.ts';

/** A column with more different values, or longer ones, holds no outcomes. */
const maxTexts = 1000;
const maxCharacters = 1000;

/** The different outcomes of a table, each by its place: millions of rows have few. */
export type OutcomeTexts = {
  /** The place of an outcome. @throws Error when the column holds no outcomes */
  placeOf(text: string): number;
  /** The outcome at a place as it is sent. */
  sent(place: number): string;
};

/**
 * @param column for errors
 * @param map what is sent for each value of the table that it holds, however the value is written (see
 * `indexCategories`); others are sent as they are
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
            : `more than ${maxTexts} different values`;
        throw new Error(`column ${column} has ${what}: it does not hold outcomes`);
      }
      places.set(copyOf(text), texts.length);
      texts.push(mapped(text) ?? copyOf(text));
      return texts.length - 1;
    },
    sent: (place) => texts[place],
  };
}
