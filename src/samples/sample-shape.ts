type Json = Readonly<Record<string, unknown>>;

/** The value as an object; `null` for anything else, arrays too. */
export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** Whether a line contains a sample's input: an object of values or of bins, unlike any field of a plain row. */
export function holdsInput(record: Json): boolean {
  return asObject(record.features) !== null || asObject(record.bins) !== null;
}

/**
 * Whether a value is a score of the service: a probability. A line written by other software may contain any number.
 */
export function isScore(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

const scoreLineKeys = new Set(['time', 'id', 'key', 'traceId', 'model', 'version', 'score', 'prediction']);

/**
 * Whether a line has the shape of a sample without its input (`SAMPLES_VALUES=off`): exactly its fields and no others.
 * A row of data may have fields of the same names, but not only these.
 */
export function isScoreLine(record: Json): boolean {
  const { time, id, model, version, score, prediction } = record;
  return (
    isScore(score) &&
    [time, id, model, version, prediction].every((value) => typeof value === 'string') &&
    Object.keys(record).every((key) => scoreLineKeys.has(key))
  );
}

/** Whether a line has the shape of an outcome that the service has stored. */
export function isOutcomeLine({ id, model, version, predictedAt, outcome }: Json): boolean {
  return [id, model, version, predictedAt, outcome].every((value) => typeof value === 'string');
}
