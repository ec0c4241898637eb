/** What was done to a system and what it answered, in the order in which it was begun. Times are monotonic, in ms. */
export type Operation =
  | Predict
  | Report
  | Scrape
  | Forget
  | (Timed & { readonly kind: 'start'; readonly process: string })
  | (Timed & {
      readonly kind: 'end';
      readonly process: string;
      readonly signal: 'SIGKILL' | 'SIGTERM';
      /** The exit code, `null` after a signal; absent while the process runs. */
      code?: number | null;
    })
  | (Timed & { readonly kind: 'fault'; readonly what: 'clock' | 'disk' | 'store'; readonly state: string });

type Timed = {
  /** Its step in the plan; the same for all operations of a step. */
  readonly step: number;
  readonly begunMs: number;
  /** When it was over, whether or not there was an answer. */
  endedMs?: number;
  /** Why there was no answer. `ECONNREFUSED` means that nothing was sent. */
  error?: string;
};

type Asked = Timed & {
  /** The slot and the number of its process, such as `a3`. */
  readonly process: string;
};

type HttpAnswer = { readonly status: number; readonly retryAfter?: string | undefined };

export type Predict = Asked & {
  readonly kind: 'predict';
  /** What the model says. */
  readonly expected: { readonly score: number; readonly prediction: string };
  answer?: HttpAnswer & { readonly id?: string; readonly score?: number; readonly prediction?: string };
};

export type Report = Asked & {
  readonly kind: 'report';
  readonly outcomes: readonly { readonly id: string; readonly outcome: string }[];
  answer?: HttpAnswer & { readonly receipt?: Receipt };
};

export type Receipt = {
  readonly accepted: number;
  readonly duplicate: number;
  readonly expired: number;
  readonly invalid: readonly { readonly index: number; readonly reason: string }[];
};

export type Scrape = Asked & {
  readonly kind: 'scrape';
  answer?: HttpAnswer & { readonly exposition?: Exposition };
};

/** The counters of one scrape, by series with its labels. */
export type Exposition = { readonly startTime: number; readonly counters: ReadonlyMap<string, number> };

export type Forget = Timed & {
  readonly kind: 'forget';
  readonly ids: readonly string[];
  answer?: { readonly code: number | null; readonly deleted: number };
};

export type History = {
  readonly operations: readonly Operation[];
  /** Texts of the files once all processes have ended, by name. */
  readonly samples: ReadonlyMap<string, string>;
  readonly outcomes: ReadonlyMap<string, string>;
  /** Whether the processes share a store for telling repetitions. */
  readonly hasStore: boolean;
};

/** A promise that the system did not keep. */
export type Finding = {
  readonly rule: string;
  readonly message: string;
  /** The predictions whose operations explain it. */
  readonly ids: readonly string[];
  /** Further operations that explain it. */
  readonly operations?: readonly Operation[];
};

/** The slot of a process: the successors of a process have the same one. */
export function slotOf(process: string): string {
  return process[0];
}
