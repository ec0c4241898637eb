import type { Span } from '@opentelemetry/api';
import { type Findings, findUnusual } from '../monitor/findings.ts';
import type { Observation } from '../monitor/monitor.ts';
import type { SpanAttributes } from '../telemetry/conventions.ts';
import type { Deployment } from './deployment.ts';

/** Collects what a trace shows about many predictions together. */
export type BatchDescription = {
  add(observation: Observation): void;
  /**
   * Adds to the trace which features were unusual in any row, except sensitive ones.
   *
   * @param counts how many rows there were of each kind
   */
  tell(counts: SpanAttributes): void;
};

export function describeBatch(
  span: Pick<Span, 'setAttributes'>,
  { artifact, monitor, disclosure }: Deployment,
): BatchDescription {
  const names = { missing: new Set<string>(), unseen: new Set<string>(), outsideRange: new Set<string>() };
  const kinds = Object.keys(names) as (keyof Findings)[];
  const told = (kind: keyof Findings) => disclosure.omit([...names[kind]]);
  return {
    add(observation) {
      const unusual = findUnusual(monitor, observation);
      for (const kind of kinds) for (const name of unusual[kind]) names[kind].add(name);
    },
    tell(counts) {
      const attributes: SpanAttributes = {
        'model.name': artifact.name,
        'model.version': artifact.version,
        ...counts,
        'model.features.missing': told('missing'),
        'model.features.unseen': told('unseen'),
        'model.features.outside_range': told('outsideRange'),
      };
      span.setAttributes(attributes);
    },
  };
}
