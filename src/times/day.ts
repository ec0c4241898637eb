/** A day in UTC, without leap seconds. */
export const dayMs = 86_400_000;
