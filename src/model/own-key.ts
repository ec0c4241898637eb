/** Listed among a model's `sensitive` features, this name withholds the own keys of its predictions. */
export const ownKeyName = '(key)';

export const maxKeyCharacters = 128;

const form = new RegExp(`^\\P{Cc}{1,${maxKeyCharacters}}$`, 'u');

/** What is said of a value that is no key. */
export const ownKeyRule = `must be a string of 1 to ${maxKeyCharacters} characters, none of them a control character`;

/** Whether a value can be the key that a caller knows a prediction by: the number of a loan, of a customer, of an order. */
export function isOwnKey(value: unknown): value is string {
  return typeof value === 'string' && form.test(value);
}
