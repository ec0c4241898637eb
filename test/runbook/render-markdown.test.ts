import assert from 'node:assert/strict';
import { renderMarkdown } from '../../src/runbook/render-markdown.ts';

const render = (text: string) => renderMarkdown(text, (href) => (href.startsWith('#') ? href : undefined));

describe('a document in Markdown', () => {
  it('has the anchors that GitHub gives headings, each once', () => {
    const { content, title, sections } = render(
      '# The `/drift` page\n\n## What’s new?\n\n## What’s new?\n\n### Größe & Name_x\n',
    );
    assert.equal(title, 'The /drift page');
    assert.deepEqual(
      sections.map(({ anchor }) => anchor),
      ['whats-new', 'whats-new-1'],
    );
    const ids = [...content.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids, ['the-drift-page', 'whats-new', 'whats-new-1', 'größe--name_x']);
  });

  it('keeps links with a target, and the text of others', () => {
    const { html } = render('[here](#x) and [there](../src/a.ts)\n').content;
    assert.equal(html, '<p><a href="#x">here</a> and there</p>\n');
  });

  it('contains only its own markup', () => {
    const { html } = render(
      [
        '# <img src=x onerror=1> A',
        '<script>alert(1)</script>',
        'a <b onclick="x">bold</b> <!-- note --> word',
        '`<i>`, ![a <b>](x.png)',
        '[x](javascript:alert(1)) [y](#"onclick="1)',
        '```sh\necho "<script>"\n```',
      ].join('\n\n'),
    ).content;
    assert.doesNotMatch(html, /<(?:script|img|b|i)\b|<!--|javascript:/);
    assert.doesNotMatch(
      html.replaceAll(/<(\/?[a-z0-9]+)(?: (?:id|href|tabindex|class)="[^"<>]*")*>/g, ''),
      /[<>]/,
    );
    assert.match(html, /<pre tabindex="0"><code>echo &quot;&lt;script&gt;&quot;<\/code><\/pre>/);
  });
});
