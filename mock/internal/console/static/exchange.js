// One exchange: request and response side by side, what is wrong with it, and what can be done with it.
import { get, call, baseURL, inWorld, loadCredentials } from './api.js';
import { clientOf } from './clients.js';
import { markdown } from './markdown.js';
import { html, nothing, badge, code, pretty, time, statusClass, duration, copy, attempt, say, target } from './ui.js';
import { ownHeaders, asCurl, asPHP, asGo, asPact, asFixture } from './copyas.js';

const view = { raw: false, edit: null };
const explanations = new Map();

// explanation loads the page of a code once.
function explanation(app, code) {
  if (!explanations.has(code)) {
    explanations.set(code, null);
    fetch(`/_mock/explain/${code}`, { headers: { Accept: 'text/markdown' } }).then((r) => r.text()).then((text) => {
      explanations.set(code, text);
      app.update();
    }).catch(() => explanations.delete(code));
  }
  return explanations.get(code);
}

// contractLines returns the lines of openapi.yaml around one, which is marked.
let contract;
function contractLines(app, line) {
  if (contract === undefined) {
    contract = null;
    fetch('/_mock/api/openapi.yaml').then((r) => (r.ok ? r.text() : '')).then((text) => {
      contract = text.split('\n');
      app.update();
    }).catch(() => { contract = undefined; });
  }
  const before = Math.max(0, line - 4);
  return (contract || []).slice(before, line + 6).map((text, i) => {
    const numbered = `${before + i + 1}  ${text}\n`;
    return before + i + 1 === line ? html`<mark>${numbered}</mark>` : numbered;
  });
}

const definition = (label, value) => (value ? html`<dt>${label}</dt><dd>${value}</dd>` : nothing);

function violation(app, v) {
  const text = explanation(app, v.code);
  const lines = v.line ? contractLines(app, v.line) : [];
  const operation = v.docs?.startsWith('/_mock/ui/#') ? v.docs.slice('/_mock/ui/'.length) : '';
  return html`<li class="violation ${v.severity}">
    <h3>${badge(v.severity === 'error' ? 'bad' : 'warn', v.severity)} ${v.message}</h3>
    <dl>
      ${definition('where', v.in + (v.at ? ' ' + v.at : ''))}
      ${definition('expected', v.expected)}
      ${definition('got', v.got)}
      ${definition('fix', v.fix ? html`<span class="fix">${v.fix}</span>` : '')}
      ${definition('source', v.line ? `openapi.yaml:${v.line}, ${v.evidence || ''} ${(v.source || []).join(', ')}` : '')}
    </dl>
    ${lines.length ? html`<details><summary>The contract at line ${v.line}</summary><pre tabindex="0" class="lines"><code>${lines}</code></pre></details>` : nothing}
    <details><summary>What ${v.code} means</summary><div class="explanation">${text ? markdown(text) : 'Loading …'}</div></details>
    <p class="links">${operation ? html`<a href=${operation}>The operation ${operation.split('/').pop()}</a>` : nothing} <a href=${`/_mock/explain/${v.code}${app.world === 'default' ? '' : `?world=${app.world}`}`}>${v.code} on a page of its own</a></p>
  </li>`;
}

const headerRows = (header) => Object.entries(header || {}).flatMap(([name, values]) => values.map((value) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`));

function message(title, first, part) {
  const body = part.body || '';
  return html`<section aria-label=${title}>
    <h2>${title}</h2>
    <p class="first"><code>${first}</code></p>
    <table class="headers"><tbody>${headerRows(part.header)}</tbody></table>
    ${body ? code(body, view.raw) : html`<p class="quiet">no body</p>`}
    ${part.truncated ? html`<p class="note">The journal keeps the first 16 KiB.</p>` : nothing}
  </section>`;
}

// pactInteraction returns the interaction that the mock records of an exchange.
async function pactInteraction(base, x, credentials) {
  let interaction;
  try {
    ({ interactions: [interaction] } = await get(inWorld(x.world, `/pact?consumer=console&exchange=${x.id}`)));
  } catch (error) {
    if (error.status !== 409) throw error;
    interaction = asPact(base, x, credentials, `No provider states: ${error.message}`);
  }
  return JSON.stringify(interaction, null, 2);
}

// copies returns what an exchange can be copied as, with functions that make it.
export const copies = (x) => {
  const base = baseURL('default'); // the path names the world
  const code = (make) => async () => make(base, x, await loadCredentials(x.world));
  return {
    curl: code(asCurl), PHP: code(asPHP), Go: code(asGo), 'Pact interaction': code(pactInteraction),
    fixture: () => asFixture(x, (kind, id) => get(inWorld(x.world, `/${kind}/${id}`))),
  };
};

// sendable returns the headers of an exchange that a page may set and that are its client's own.
const sendable = (x) => Object.fromEntries(ownHeaders(x).filter(([name]) => name !== 'Content-Type').map(([name, values]) => [name, values.join(', ')]));

function sendAgain(app, x) {
  const send = async (method, path, body, type) => {
    const answer = await call(app.world, method, path, { body: body === '' ? undefined : body, type, headers: sendable(x), scheme: x.credentials });
    say(`Sent again: ${answer.status}`);
    view.edit = null;
    app.update();
  };
  const path = x.path.replace(/^\/w\/[^/]+/, '') + (x.query ? '?' + x.query : '');
  const type = (x.request.header?.['Content-Type'] || ['application/json'])[0];
  if (view.edit !== x.id) {
    return html`<button @click=${() => attempt(() => send(x.method, path, x.request.body || '', type))}>Send again</button>
      <button class="edit" @click=${() => {
        view.edit = x.id;
        app.update();
        app.afterwards = () => document.querySelector('.detail form input')?.focus();
      }}>Edit and send</button>`;
  }
  return html`<form class="stack card" @submit=${(event) => {
    event.preventDefault();
    const f = event.target;
    attempt(() => send(f.method_.value, f.path.value, f.body.value, f.type.value));
  }}>
    <label><span>Method</span><input name="method_" .value=${x.method} required></label>
    <label><span>Path</span><input name="path" .value=${path} required></label>
    <label><span>Content-Type</span><input name="type" .value=${type}></label>
    <label><span>Body</span><textarea class="code" name="body" rows="6" .value=${pretty(x.request.body || '')}></textarea></label>
    <button class="primary">Send</button> <button type="button" @click=${() => { view.edit = null; app.update(); }}>Cancel</button>
  </form>`;
}

// close returns from an exchange to its row.
function close(app, id) {
  view.edit = null;
  app.go('#/live', () => document.querySelector(`.row[data-id="${id}"] a`)?.focus({ preventScroll: true }));
}

export function exchangeView(app, x) {
  const escape = (event) => {
    if (event.key !== 'Escape') return;
    if (view.edit === null) return close(app, x.id);
    view.edit = null;
    app.update();
    app.afterwards = () => document.querySelector('.detail .edit')?.focus();
  };
  return html`<article class="detail" aria-label=${`Exchange ${x.id}`} tabindex="0" @keydown=${escape}>
    <header>
      <h1>#${x.id} ${x.operation || 'unknown operation'} ${badge(statusClass(x.status), x.status || 'no answer')}</h1>
      <a class="button" href="#/live" @click=${(event) => { event.preventDefault(); close(app, x.id); }}>Close</a>
    </header>
    <p class="quiet"><time datetime=${x.time} title=${x.time}>${time(x.time)}</time> · ${duration(x.took_ns)} · from ${clientOf(x)} · credentials: ${x.credentials}${x.fault ? ` · fault: ${x.fault}` : ''}</p>
    ${x.refusal ? html`<p class="note">${x.refusal}</p>` : nothing}
    ${x.remark ? html`<p class="note">${x.remark}</p>` : nothing}
    <div class="tools">
      <span class="quiet">Copy as</span>
      ${Object.entries(copies(x)).map(([name, make]) => html`<button class="small" @click=${() => attempt(async () => copy(await make(), name))}>${name}</button>`)}
      <button class="small" aria-pressed=${view.raw} @click=${() => { view.raw = !view.raw; app.update(); }}>Raw</button>
    </div>
    <div class="tools">${sendAgain(app, x)}</div>
    ${x.violations.length ? html`<h2>Violations</h2><ul class="violations">${x.violations.map((v) => violation(app, v))}</ul>` : html`<p class="quiet">No violations.</p>`}
    <div class="sides">
      ${message('Request', `${x.method} ${target(x)}`, x.request)}
      ${message('Response', String(x.status || 'none'), x.response)}
    </div>
  </article>`;
}
