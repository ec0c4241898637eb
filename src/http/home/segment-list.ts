import { scoreFeature } from '../../model/artifact.ts';
import type { LiveSegment } from '../../monitor/live-segments.ts';
import { segmentTitle } from '../../report/describe/describe-segments.ts';
import { type Html, html } from '../../report/render/html.ts';
import { badge } from '../../report/render/page-variable.ts';
import { binNames } from '../../text/bin-names.ts';
import { formatAmount } from '../../text/format.ts';

/** At most this many changed segments are listed; `/drift` has all. */
const maxShown = 20;

/** A segment, and the variables behind its verdict: `history is good: age, the score`. */
export function describeSegment({ feature, segment, verdict, variables }: LiveSegment): string {
  const [value] = binNames([segment], false);
  const changed = variables.filter((variable) => variable.verdict === verdict);
  return `${segmentTitle({ column: feature, value })}: ${changed.map(({ name }) => nameInText(name)).join(', ')}`;
}

/** A feature by its name; the score in words. */
export function nameInText(name: string): string {
  return name === scoreFeature ? 'the score' : name;
}

/** The segments that drift or have moved, the worst first; nothing if there are none. */
export function segmentList(segments: readonly LiveSegment[], where: string): Html | '' {
  const changed = segments.filter(({ verdict }) => verdict === 'drifting' || verdict === 'moved');
  if (changed.length === 0) return '';
  return html`<h2>Segments that changed in the ${where}</h2>
<ul>${changed.slice(0, maxShown).map((each) => html`<li>${badge(each.verdict)} where ${describeSegment(each)} (${formatAmount(each.samples, 'request')})</li>`)}</ul>
${changed.length > maxShown && html`<p>and ${formatAmount(changed.length - maxShown, 'other')}</p>`}`;
}
