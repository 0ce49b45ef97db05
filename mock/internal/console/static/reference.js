// The API of the help desk: every operation with its fields, examples, evidence and sources, and a form that calls it.
import { call, loadCredentials, schemeOf } from './api.js';
import { html, nothing, badge, code, statusClass, attempt, copy } from './ui.js';
import { contract, operations, resolve, merged, typeOf } from './spec.js';
import { asCurl, asPHP } from './copyas.js';
import { inline } from './markdown.js';

const answers = new Map();
const evidence = (word) => badge(word === 'documented' ? 'good' : word === 'observed' ? 'info' : 'quiet', word || 'inferred');

const bodySchema = (o) => resolve(o.requestBody)?.content?.['application/json']?.schema;

function example(o) {
  const examples = resolve(o.requestBody)?.content?.['application/json']?.examples || {};
  const first = resolve((Object.entries(examples).find(([name]) => !/^[345]\d\d/.test(name)) || [])[1]); // others show how it is refused
  return first ? JSON.stringify(first.value, null, 2) : '';
}

const valueOf = (parameter) => {
  const one = resolve((Object.entries(parameter.examples || {}).find(([name]) => !/^[345]\d\d/.test(name)) || [])[1])?.value ?? parameter.example;
  return one === undefined ? (parameter.name === 'email' ? 'jane.roe@example.com' : parameter.name.includes('slug') ? 'support' : parameter.name === 'status' ? 'open' : parameter.name.includes('customer') || parameter.name === 'id' ? '8' : '1') : String(one);
};

export function reference(app, [id]) {
  if (!contract(app)) return html`<p class="empty">Loading …</p>`;
  const all = operations(app);
  const tags = [...new Set(all.map((o) => o.tags?.[0] || 'other'))].sort((a, b) => /20\d\d/.test(a) - /20\d\d/.test(b)); // old generations come last
  const selected = all.find((o) => o.id === id || o.id.toLowerCase() === id?.toLowerCase());
  return html`<section class="reference" aria-label="API reference">
    <nav class="contents" aria-label="Operations" tabindex="0">${tags.map((tag) => html`<h2>${tag}</h2><ul>${all.filter((o) => (o.tags?.[0] || 'other') === tag).map((o) =>
      html`<li><a href=${`#/api/${o.id}`} aria-current=${o === selected ? 'page' : nothing}>${o.id}</a></li>`)}</ul>`)}</nav>
    <div class="operation">${selected ? operationPage(app, selected) : html`<h1>The API</h1>
      <p>Every operation that Ticaga documents or that a published plugin calls. Choose one, or read the contract as a file:
        <a href="/_mock/api/openapi.yaml">openapi.yaml</a>, <a href="/_mock/api/openapi.json">openapi.json</a>.</p>
      <p>${badge('good', 'documented')} by Ticaga · ${badge('info', 'observed')} in a published plugin · ${badge('quiet', 'inferred')}: a guess of this mock</p>`}</div>
  </section>`;
}

function parameters(o) {
  if (!o.parameters.length) return nothing;
  return html`<h2>Parameters</h2><div class="wide" tabindex="0"><table><tbody>${o.parameters.map((p) => html`<tr><th scope="row"><code>${p.name}</code></th><td>${p.in}</td><td>${typeOf(p.schema || {})}</td><td>${inline(p.description || merged(p.schema).description || '')}</td></tr>`)}</tbody></table></div>`;
}

function fieldsOf(o) {
  const schema = merged(bodySchema(o));
  if (!schema.properties) return nothing;
  const required = new Set(schema.required || []);
  return html`<h2>Fields</h2><div class="wide fields" tabindex="0"><table><tbody>${Object.entries(schema.properties).map(([name, property]) => {
    const p = merged(property);
    const said = typeof p['x-ticaga-evidence'] === 'string' ? p['x-ticaga-evidence'] : '';
    return html`<tr><th scope="row"><code>${name}</code> ${required.has(name) ? badge('warn', 'required') : nothing}</th><td>${typeOf(property)}</td>
      <td>${inline(p.description || '')}</td><td>${said ? evidence(said) : nothing} <span class="quiet">${(p['x-ticaga-source'] || []).join(', ')}</span></td></tr>`;
  })}</tbody></table></div>`;
}

function responses(o) {
  return html`<h2>Answers</h2><div class="wide" tabindex="0"><table><tbody>${Object.entries(o.responses).map(([status, r]) => html`<tr><th scope="row">${badge(statusClass(Number(status)), status)}</th><td>${inline(resolve(r)?.description || '')}</td></tr>`)}</tbody></table></div>`;
}

function operationPage(app, o) {
  const answer = answers.get(o.id);
  const request = (form) => {
    let path = o.path;
    const query = new URLSearchParams();
    for (const p of o.parameters) {
      const value = form.elements[`p:${p.name}`]?.value || '';
      if (p.in === 'path') path = path.replace(`{${p.name}}`, encodeURIComponent(value));
      if (p.in === 'query' && value) query.set(p.name, value);
    }
    for (const name of o.path.match(/{([^}]+)}/g) || []) path = path.replace(name, encodeURIComponent(form.elements[`p:${name.slice(1, -1)}`]?.value || ''));
    return { path: path + (String(query) ? `?${query}` : ''), body: form.elements.body?.value, scheme: form.elements.credentials.checked ? undefined : 'none' };
  };
  const names = [...new Set([...(o.path.match(/{([^}]+)}/g) || []).map((n) => n.slice(1, -1)), ...o.parameters.filter((p) => p.in === 'query').map((p) => p.name)])];
  const copied = (make, name) => (event) => attempt(async () => {
    const r = request(event.target.closest('form'));
    const header = { Accept: ['application/json'], ...(r.body ? { 'Content-Type': ['application/json'] } : {}) };
    const found = await loadCredentials(app.world);
    await copy(make(app.base(), { method: o.method, path: r.path, world: app.world, credentials: r.scheme || schemeOf(found), request: { header, body: r.body } }, found), name);
  });
  return html`<h1>${o.id}</h1>
    <p class="first"><code>${o.method} ${o.path}</code> ${evidence(o['x-ticaga-evidence'])} <span class="quiet">${(o['x-ticaga-source'] || []).join(', ')}</span>
      ${o.deprecated ? badge('warn', 'only plugins of 2024') : nothing}</p>
    <p>${inline(`${o.summary}. ${o.description || ''}`)}</p>
    <form class="try card stack" @submit=${(event) => {
      event.preventDefault();
      const r = request(event.target);
      attempt(async () => {
        answers.set(o.id, await call(app.world, o.method, r.path, { body: r.body || undefined, scheme: r.scheme }));
        app.update();
      });
    }}>
      <h2>Try it</h2>
      ${names.map((name) => html`<label><span><code>${name}</code></span><input name=${`p:${name}`} value=${valueOf(o.parameters.find((p) => p.name === name) || { name })}></label>`)}
      ${bodySchema(o) ? html`<label><span>Body</span><textarea class="code" name="body" rows="8" .value=${example(o)}></textarea></label>` : nothing}
      <label class="check"><input type="checkbox" name="credentials" checked> <span>with credentials: <code>${app.credentials.email}</code>, <code>${app.credentials.token}</code></span></label>
      <div class="tools"><button class="primary">Send</button> <button type="button" @click=${copied(asCurl, 'curl')}>Copy curl</button> <button type="button" @click=${copied(asPHP, 'PHP')}>Copy PHP</button></div>
    </form>
    ${answer ? html`<section class="answer" aria-live="polite"><h2>Answer ${badge(statusClass(answer.status), answer.status || 'redirect')} <span class="quiet">${answer.took.toFixed(0)} ms</span></h2>
      ${answer.headers.get('Ticaga-Mock-Violations') ? html`<p class="note">${answer.headers.get('Ticaga-Mock-Violations')} violations: <a href="#/live">see Live</a></p>` : nothing}
      ${code(answer.text)}</section>` : nothing}
    ${parameters(o)} ${fieldsOf(o)} ${responses(o)}`;
}
