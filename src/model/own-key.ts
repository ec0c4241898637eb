import { redacted } from './disclosure.ts';

export const maxKeyCharacters = 128;

const form = new RegExp(`^(?!\\s*$)\\P{Cc}{1,${maxKeyCharacters}}$`, 'u');

/** The error message for a value that is not a valid key. */
export const ownKeyRule = `must be a string of 1 to ${maxKeyCharacters} characters, none of them a control character, and neither only blanks nor ${redacted}`;

/**
 * Whether a value can be the key by which a caller knows a prediction: the number of a loan, a customer or an order.
 * Values by which no label can be joined are rejected: tables have no blank keys, and `redacted` replaces every key
 * that is withheld.
 */
export function isOwnKey(value: unknown): value is string {
  return typeof value === 'string' && form.test(value) && value !== redacted;
}
