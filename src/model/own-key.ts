import { redacted } from './disclosure.ts';

export const maxKeyCharacters = 128;

const form = new RegExp(`^(?!\\s*$)\\P{Cc}{1,${maxKeyCharacters}}$`, 'u');

/** What is said of a value that is no key. */
export const ownKeyRule = `must be a string of 1 to ${maxKeyCharacters} characters, none of them a control character, and neither blanks alone nor ${redacted}`;

/**
 * Whether a value can be the key that a caller knows a prediction by: the number of a loan, of a customer, of an order.
 * What no label can be joined by cannot: tables have no blank keys, and `redacted` stands for any that is withheld.
 */
export function isOwnKey(value: unknown): value is string {
  return typeof value === 'string' && form.test(value) && value !== redacted;
}
