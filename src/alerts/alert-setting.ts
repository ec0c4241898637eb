import type { z } from 'zod';

/** One setting of the alerts: its default, what a file may put in its place, and what it means. */
export type AlertSetting = {
  readonly default: unknown;
  readonly schema: z.ZodType;
  readonly description: string;
};

/** What the settings of a table are where no file changes them. */
export type DefaultsOf<Table extends Readonly<Record<string, AlertSetting>>> = {
  readonly [Name in keyof Table]: Table[Name]['default'];
};
