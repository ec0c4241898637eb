import assert from 'node:assert/strict';

/** Asserts that two numbers differ by at most `tolerance`. */
export function closeTo(actual: number | null, expected: number, tolerance = 1e-9): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${actual} is not within ${tolerance} of ${expected}`,
  );
}
