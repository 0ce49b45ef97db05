// Explanations as part of the page. They are Markdown with headings, lists, paragraphs and code; anything else is shown as it
// is written. What this makes are templates, so that markup in them has no effect.
import { html } from './ui.js';

// inline returns a line with its code between backquotes.
export const inline = (text) => text.split(/(`[^`]+`)/).map((part) => (/^`.+`$/.test(part) ? html`<code>${part.slice(1, -1)}</code>` : part));

// list returns the items of a list; a line that is indented belongs to the item before it.
const list = (lines) => html`<ul>${lines.join('\n').replace(/\n +/g, ' ').split('\n').map((item) => html`<li>${inline(item.slice(2))}</li>`)}</ul>`;

// markdown returns an explanation without its title.
export function markdown(text) {
  const blocks = text.match(/^```[^\n]*\n[\s\S]*?^```$|^(?!```)[^\n]+(?:\n(?!```)[^\n]+)*/gm) || [];
  return blocks.filter((block) => !block.startsWith('# ')).map((block) => {
    if (block.startsWith('```')) return html`<pre tabindex="0"><code>${block.slice(block.indexOf('\n') + 1, block.lastIndexOf('\n'))}</code></pre>`;
    if (block.startsWith('## ')) return html`<h4>${inline(block.slice(3))}</h4>`;
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.startsWith('- '));
    if (at < 0) return html`<p>${inline(lines.join(' '))}</p>`;
    return [at ? html`<p>${inline(lines.slice(0, at).join(' '))}</p>` : '', list(lines.slice(at))];
  });
}
