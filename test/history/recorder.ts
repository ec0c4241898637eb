import type { Operation } from './history.ts';

/** `Omit` for each kind of operation by itself. */
type Without<One, Key extends PropertyKey> = One extends unknown ? Omit<One, Key> : never;

export type Recorder = {
  readonly operations: readonly Operation[];
  /** Notes that an operation begins. */
  begin<Kind extends Operation['kind']>(
    operation: Without<Extract<Operation, { kind: Kind }>, 'begunMs' | 'endedMs' | 'answer' | 'error'>,
  ): Extract<Operation, { kind: Kind }>;
  /** Notes that it has ended, with or without an answer. */
  end(operation: Operation): void;
};

/** Keeps every operation in the order in which it was begun. */
export function createRecorder(): Recorder {
  const operations: Operation[] = [];
  const startedMs = performance.now();
  const now = () => Math.round(10 * (performance.now() - startedMs)) / 10;
  return {
    operations,
    begin(operation) {
      const begun = { ...operation, begunMs: now() } as any;
      operations.push(begun);
      return begun;
    },
    end(operation) {
      operation.endedMs = now();
    },
  };
}
