import type { Evaluation } from '../model/artifact.ts';

type Protocol = Pick<Evaluation, 'protocol'>;

/** How the figures of the model file came about, as an adjective. */
export function protocolAdjective({ protocol }: Protocol): string {
  return protocol.kind === 'cross-validation' ? 'cross-validated' : 'held out';
}

/** The same as a phrase, for `… it was 0.8`. */
export function protocolPhrase({ protocol }: Protocol): string {
  return protocol.kind === 'cross-validation' ? 'in cross-validation' : 'on rows held out';
}
