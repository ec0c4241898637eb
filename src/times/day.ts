/** A day of UTC, which knows no leap seconds. */
export const dayMs = 86_400_000;
