import { scoreFeature } from '../../model/artifact.ts';
import { type Html, html } from '../../report/render/html.ts';

/** After what a name may go on in the next line: a mark between words, or the end of a word before a capital. */
const joints = /(?<=[_.\-/:])|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;

/** A name that breaks between its words, if it must: `Monthly|Charges`, `payment_|method`. */
export function breakableName(name: string): Html {
  const wbr = html`<wbr>`;
  return html`${name.split(joints).map((word, i) => html`${i > 0 && wbr}${word}`)}`;
}

/** The name of a feature, or of the score, in a table. */
export function variableTitle(name: string): Html | string {
  return name === scoreFeature ? 'Score of the model' : breakableName(name);
}
