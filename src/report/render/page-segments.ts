import { formatCount, formatPsi, formatShare } from '../../text/format.ts';
import type { DriftReport, ReportSegment } from '../compute/drift-report.ts';
import {
  changedSegments,
  describeComparisons,
  describeOtherSegments,
  segmentTitle,
} from '../describe/describe-segments.ts';
import { type Html, html } from './html.ts';
import { badge } from './page-variable.ts';

/** So many changed segments are shown, and variables of each; the JSON has all. */
const maxShown = 40;
const maxVariables = 5;

/** Which segments changed, and what in them. */
export function segmentSection({ segments, live, reference }: DriftReport): Html | null {
  if (segments === null) return null;
  const changed = changedSegments(segments);
  const share = (rows: number, all: number) =>
    html`<td class="n">${formatCount(rows)}${all > 0 && html` <small class="quiet">${formatShare(rows / all)}</small>`}</td>`;
  const row = (segment: ReportSegment) => html`<tr><th scope="row">${segmentTitle(segment)}</th>
${share(segment.referenceSamples, reference.samples)}${share(segment.samples, live.samples)}<td>${badge(segment.verdict)}</td>
<td>${changesIn(segment)}</td></tr>`;
  return html`<section aria-labelledby="segments"><h2 id="segments">Which segments changed?</h2>
<p>${describeComparisons(segments)}</p>
${
  changed.length > 0
    ? html`<div class="scroll" tabindex="0" role="region" aria-label="Segments"><table><caption>Segments that changed, worst first</caption>
<thead><tr><th scope="col">Where</th><th scope="col" class="n">Reference</th><th scope="col" class="n">Live</th><th scope="col">Verdict</th><th scope="col">What changed</th></tr></thead>
<tbody>${changed.slice(0, maxShown).map(row)}</tbody></table></div>`
    : html`<p>None of those that can be judged.</p>`
}
${changed.length > maxShown && html`<p>${formatCount(changed.length - maxShown)} more have changed: the JSON has all.</p>`}
${describeOtherSegments(segments).map((line) => html`<p class="quiet">${line}</p>`)}
</section>`;
}

function changesIn({ variables }: ReportSegment): Html {
  const changed = variables.filter(({ sentence }) => sentence !== null);
  const lines = changed
    .slice(0, maxVariables)
    .map(
      ({ name, psi, threshold, sentence }) =>
        html`<li><b>${name}</b> (PSI ${formatPsi(psi)}, threshold ${formatPsi(threshold)}): ${sentence}</li>`,
    );
  const more = changed.length - maxVariables;
  return html`<ul class="changes">${lines}${more > 0 && html`<li>and ${more} more</li>`}</ul>`;
}
