import { type Html, html } from '../../report/render/html.ts';

/** What to do next, beside what it follows from. */
export function nextStep(what: Html | string): Html {
  return html`<p class="next"><span aria-hidden="true">→ </span>${what}</p>`;
}

/** A command to be typed. Its options stay in one line with the dashes that they begin with. */
export function command(text: string): Html {
  const words = text.split(' ').map((word, i) => {
    const space = i > 0 ? ' ' : '';
    return word.startsWith('--') ? html`${space}<span>${word}</span>` : html`${space}${word}`;
  });
  return html`<code>${words}</code>`;
}
