import { formatCount, formatShare } from '../../text/format.ts';
import type { DriftReport } from '../compute/drift-report.ts';
import { describeTogether } from '../describe/describe-together.ts';
import { type Html, html } from './html.ts';
import { badge } from './page-variable.ts';

/** What all features show together, and which of them it takes for that. */
export function togetherSection({ together, live }: DriftReport): Html | null {
  if (together === null) return null;
  const { terms, verdict, referenceSamples, samples } = together;
  return html`<section aria-labelledby="together"><h2 id="together">Did the features change together?</h2>
<p>${badge(verdict)} ${describeTogether(together)}</p>
${
  verdict === 'moved' &&
  html`<table><caption>What tells live ${live.kind} from the reference: a feature by itself, its spread (²), or how two go together (×)</caption>
<thead><tr><th scope="col">Term</th><th scope="col" class="n">Share</th></tr></thead>
<tbody>${terms.map(({ name, share }) => html`<tr><th scope="row">${name}</th><td class="n">${formatShare(share)}</td></tr>`)}</tbody></table>`
}
<p class="quiet">A classifier was given ${formatCount(referenceSamples)} rows of the reference and ${formatCount(samples)} live ${live.kind}, and tried on rows that it had not learned from. An AUC of 0.5 is guessing, 1 knows each row.</p>
</section>`;
}
