import type { Row } from './rows.ts';

/** Lets rows of one model version through and counts the others. */
export type VersionFilter = {
  /** The version let through; `null` while no row has told one. */
  readonly version: string | null;
  readonly others: ReadonlyMap<string, number>;
  accepts(row: Row): boolean;
};

/** @param version the one to let through; `null` takes that of the first row that has one. Rows without one pass. */
export function createVersionFilter(version: string | null): VersionFilter {
  const others = new Map<string, number>();
  return {
    get version() {
      return version;
    },
    others,
    accepts(row) {
      if (row.version === null) return true;
      version ??= row.version;
      if (row.version === version) return true;
      others.set(row.version, (others.get(row.version) ?? 0) + 1);
      return false;
    },
  };
}
