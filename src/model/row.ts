/** Values by feature name, as parsed from JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object: neither a list nor `null`. */
export function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether every object inherits something under this name: `constructor`, `toString`, `__proto__`. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** What a row itself holds under a name; `undefined` for what it merely inherits. */
export function ownValue(row: Row, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

/** Makes the reader of one feature: `ownValue` for a name that is inherited, without its cost for all others. */
export function createValueReader(name: string): (row: Row) => unknown {
  return isInherited(name) ? (row) => ownValue(row, name) : (row) => row[name];
}
