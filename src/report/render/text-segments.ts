import { formatAmount, formatCount, formatPsi, formatShare, signs } from '../../text/format.ts';
import type { Line } from '../../text/terminal.ts';
import { wrap } from '../../text/wrap.ts';
import type { DriftReport } from '../compute/drift-report.ts';
import {
  changedSegments,
  describeComparisons,
  describeOtherSegments,
  segmentTitle,
} from '../describe/describe-segments.ts';
import { colors } from './text-colors.ts';

/** Changed segments that are listed, and variables of each. */
const maxListed = 10;
const maxVariables = 3;

/** The segments for a terminal: those that changed with what changed in them, the others in a line. */
export function segmentLines({ segments, live, reference }: DriftReport, width: number): Line[] {
  if (segments === null) return [];
  const changed = changedSegments(segments);
  const share = (rows: number, all: number) => (all > 0 ? ` (${formatShare(rows / all)})` : '');
  const rest = changed.length - maxListed;
  return [
    '',
    ...wrap(`Segments by ${segments.by.join(', ')}: ${describeComparisons(segments)}`, width, '  '),
    '',
    ...changed.slice(0, maxListed).flatMap((segment): Line[] => {
      const { samples, referenceSamples, verdict, variables } = segment;
      const title = `${signs[verdict]} ${segmentTitle(segment)}: ${verdict}; ${formatCount(samples)} live ${live.kind}${share(samples, live.samples)}, ${formatCount(referenceSamples)} of the reference${share(referenceSamples, reference.samples)}`;
      const worst = variables.filter(({ sentence }) => sentence !== null);
      return [
        ...wrap(title, width, '  ').map((text) => ({ text, color: colors[verdict] })),
        ...worst
          .slice(0, maxVariables)
          .flatMap(({ name, psi, threshold, sentence }) =>
            wrap(
              `    ${name} (PSI ${formatPsi(psi)}, threshold ${formatPsi(threshold)}): ${sentence}`,
              width,
              '      ',
            ),
          ),
        ...(worst.length > maxVariables
          ? [`    and ${formatAmount(worst.length - maxVariables, 'more feature')}`]
          : []),
      ];
    }),
    ...(rest > 0
      ? [`  and ${formatAmount(rest, 'more segment')} that changed: --json and --html have all`]
      : []),
    ...describeOtherSegments(segments).flatMap((line) => wrap(`  ${line}`, width, '    ')),
  ];
}
