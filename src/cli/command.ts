import type { Config } from '../settings/config.ts';

/** An option of a command: how it is parsed, and what the help and the reference say of it. */
export type Option = {
  /** The placeholder of its value, such as `FILE`; a switch has none. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** Must be given; what it is, for the message that says that it is missing. */
  readonly required?: string;
  readonly meaning: string;
  /** The setting whose value is the default. */
  readonly setting?: keyof Config;
  /** The default if no setting provides it, in words. */
  readonly default?: string;
};

export type Options = Readonly<Record<string, Option>>;

/** What `parseOptions` makes of arguments. */
export type Values<Of extends Options> = {
  readonly [Name in keyof Of]: Of[Name] extends { readonly value: string }
    ? Of[Name] extends { readonly multiple: true }
      ? readonly string[] | Absent<Of[Name]>
      : string | Absent<Of[Name]>
    : boolean;
};

type Absent<One extends Option> = One extends { readonly required: string } ? never : undefined;

/** A command in one table: parsing, `--help` and the reference follow from it. */
export type Command<Of extends Options = Options> = {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** What it does, a paragraph an item. */
  readonly about: readonly string[];
  readonly options: Of;
  /** What concerns several options, a paragraph an item. */
  readonly notes?: readonly string[];
  /** Arguments, and what they do. */
  readonly examples: readonly (readonly [args: string, what: string])[];
  /** Exit statuses beyond those of every command. */
  readonly statuses?: Readonly<Record<number, string>>;
  /** Loads what the command needs, and runs it. @returns the exit status */
  readonly run: (values: Values<Of>) => Promise<number>;
};

export function defineCommand<Of extends Options>(command: Command<Of>): Command {
  return command as unknown as Command;
}

/** What every exit status means, unless the command says otherwise. */
export const commonStatuses: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed: one line on stderr says why, and no file is left half written',
  2: 'wrong usage',
};
