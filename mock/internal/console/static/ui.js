// What several pages show.
import { html, nothing } from './vendor/lit-html.js';

export { html, nothing };

// time returns the time of day of an ISO date, with milliseconds.
export function time(iso) {
  const d = new Date(iso);
  return Number.isNaN(d.getTime()) ? iso : d.toLocaleTimeString([], { hour12: false }) + '.' + String(d.getMilliseconds()).padStart(3, '0');
}

// day returns the date and time of an ISO date, for lists of the help desk.
export function day(iso) {
  const d = new Date(iso);
  return Number.isNaN(d.getTime()) ? iso || '' : d.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

// duration returns nanoseconds in the unit that is easiest to read.
export function duration(ns) {
  if (ns < 1e6) return `${Math.round(ns / 1e3)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`;
}

// pretty returns JSON with indentation, and other text as it is.
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// coloured returns JSON as pieces of text with their kind. Text that is too long to colour stays plain.
function coloured(text) {
  if (text.length > 50000) return text;
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
  const pieces = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    const [all, string, colon, word] = match;
    const kind = string ? (colon ? 'key' : 'string') : word ? 'word' : 'number';
    pieces.push(text.slice(at, match.index), html`<span class=${`json-${kind}`}>${string ?? all}</span>`, colon ?? '');
    at = match.index + all.length;
  }
  return [...pieces, text.slice(at)];
}

// code shows text, and JSON with indentation and colours.
export function code(text, raw = false) {
  const readable = raw ? text : pretty(text);
  const isJSON = !raw && /^\s*[[{]/.test(readable);
  return html`<pre tabindex="0"><code>${isJSON ? coloured(readable) : readable}</code></pre>`;
}

// statusClass groups statuses by what they mean.
export const statusClass = (status) => (status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : status >= 300 ? 'info' : 'good');

// badge is a word on a coloured ground. Its meaning is in the word, never in the colour alone.
export const badge = (kind, text) => html`<span class="badge ${kind}">${text}</span>`;

// target returns the path of an exchange with its query.
export const target = (x) => x.path + (x.query ? '?' + x.query : '');

export const counted = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

// copy puts text on the clipboard and says so.
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    say(`${what} cannot be copied: the browser does not allow it here`, true);
  }
}

// say shows a short message for a moment, and to screen readers.
export function say(text, wrong = false) {
  const region = document.getElementById('messages');
  if (!region) return;
  const note = document.createElement('p');
  note.textContent = text;
  note.className = wrong ? 'message bad' : 'message';
  region.append(note);
  setTimeout(() => note.remove(), wrong ? 9000 : 3000);
}

// attempt runs an action and shows its error instead of losing it.
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
}

// fields returns the values of a form by name.
export const fields = (form) => Object.fromEntries(new FormData(form).entries());
