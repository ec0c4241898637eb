import { Marked, type Tokens } from 'marked';
import { escapeText, type Html } from '../report/render/html.ts';
import { createAnchors } from './anchors.ts';

/** A document as markup, and what stands at its top. */
export type RenderedDocument = {
  readonly title: string;
  readonly content: Html;
  /** Its headings of the second level. */
  readonly sections: readonly { readonly title: string; readonly anchor: string }[];
};

/**
 * Markdown as markup: headings have the anchors that GitHub gives them, and tables and blocks of code scroll by
 * themselves. Markup in the text is left out, but not what it encloses.
 *
 * @param resolve gives the address of a link; a link without one is text
 */
export function renderMarkdown(
  text: string,
  resolve: (href: string) => string | undefined,
): RenderedDocument {
  const anchorOf = createAnchors();
  const headings: { depth: number; title: string; anchor: string }[] = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const title = this.parser.parseInline(tokens, this.parser.textRenderer);
        const anchor = anchorOf(title);
        headings.push({ depth, title, anchor });
        return `<h${depth} id="${escapeText(anchor)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const address = resolve(href);
        const content = this.parser.parseInline(tokens);
        return address === undefined ? content : `<a href="${escapeText(address)}">${content}</a>`;
      },
      image: ({ text: described }: Tokens.Image) => `<em>${escapeText(described)}</em>`,
      html: ({ text: markup }: Tokens.HTML | Tokens.Tag) =>
        escapeText(markup.replaceAll(/<!--.*?-->|<[^>]*>/gs, '')),
      code: ({ text: code }: Tokens.Code) => `<pre tabindex="0"><code>${escapeText(code)}</code></pre>\n`,
      table(token: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td') =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
        const [head, rows] = [row(token.header, 'th'), token.rows.map((cells) => row(cells, 'td'))];
        return `<div class="scroll" tabindex="0"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div>\n`;
      },
    },
  });
  const content = { html: marked.parse(text, { async: false }) };
  return {
    title: headings.find(({ depth }) => depth === 1)?.title ?? '',
    content,
    sections: headings.filter(({ depth }) => depth === 2),
  };
}
