// Faults: which requests fail, how, and how often.
import { post, put, remove, inWorld } from './api.js';
import { html, nothing, attempt, fields, say } from './ui.js';
import { operations } from './spec.js';
import { load } from './data.js';
import { submit, refusal, said, fieldError } from './forms.js';

const kinds = [['status', 'answer with a status'], ['reset', 'reset the connection'], ['timeout', 'never answer'], ['malformed', 'malformed JSON'], ['empty', 'an empty body'], ['html', 'an HTML page']];

// ruleOf returns the rule that a form asks for. What is no number is sent as it is, for the mock to say what it must be.
function ruleOf(f) {
  const rule = {};
  const number = (value) => (Number.isNaN(Number(value)) ? value : Number(value));
  if (f.operation) rule.operation = f.operation;
  if (f.kind === 'status') rule.status = number(f.status); else rule.fault = f.kind;
  if (f.delay_ms) rule.delay_ms = number(f.delay_ms);
  if (f.times) rule.times = number(f.times);
  if (f.percent && f.percent !== '100') rule.probability = number(f.percent) / 100;
  return rule;
}

export function faults(app) {
  const path = inWorld(app.world, '/faults');
  const found = load(app, '/faults');
  const { rules = [], reserved = [] } = found.value ?? {};
  const latest = app.feed?.version;
  if (rules.length && app.memory.hitsAt !== latest) { // requests change the hits
    app.memory.hitsAt = latest;
    found.version = -1;
  }
  const again = (done) => { say(done); app.deskChanged(); };
  const input = (label, name, extra) => {
    const wrong = said(app, 'rule', name);
    return html`<label><span>${label}</span><input name=${name} type="number" step="any" placeholder=${extra.placeholder ?? nothing} value=${extra.value ?? nothing} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? `rule-${name}` : nothing}></label>${fieldError(app, 'rule', name)}`;
  };
  return html`<section aria-label="Faults">
    <h1>Faults</h1>
    <p class="lead">Choose which requests fail, how, and how often, and see what the plugin does then.</p>
    <form class="tools card" novalidate @submit=${(event) => {
      event.preventDefault();
      const form = event.target;
      submit(app, form, 'rule', async () => {
        try {
          await post(path, ruleOf(fields(form)));
        } catch (error) {
          if (error.message.startsWith('probability')) error.message = error.message.replace(/^probability/, 'percent');
          throw error;
        }
        again('The rule is active');
      });
    }}>
      <label><span>Operation</span><select name="operation"><option value="">every operation</option>${operations(app).map((o) => html`<option value=${o.id}>${o.id}</option>`)}</select></label>
      <label><span>Fault</span><select name="kind" @change=${(event) => { app.memory.kind = event.target.value; app.update(); }}>${kinds.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select></label>
      ${(app.memory.kind ?? 'status') === 'status' ? input('Status', 'status', { value: '503' }) : nothing}
      ${input('Times', 'times', { placeholder: 'always' })}
      ${input('Probability, %', 'percent', { value: '100' })}
      ${input('Delay, ms', 'delay_ms', {})}
      <button class="primary">Add</button>
      ${refusal(app, 'rule')}
    </form>
    <h2>Active</h2>
    ${rules.length ? html`<div class="wide" tabindex="0"><table><caption class="hidden">Fault rules</caption>
      <thead><tr><th scope="col">Operation</th><th scope="col">Fault</th><th scope="col">Limits</th><th scope="col">Hits</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${rules.map((rule, index) => html`<tr><td>${rule.operation || rule.match?.operation || 'every operation'}</td>
        <td>${rule.status || rule.fault || ''}${rule.delay_ms ? ` after ${rule.delay_ms} ms` : ''}</td>
        <td>${rule.times ? `${rule.times} times` : 'always'}${rule.probability ? `, ${Math.round(rule.probability * 100)} %` : ''}</td><td>${rule.hits}</td>
        <td class="actions"><button class="small" @click=${() => attempt(async () => {
          await put(path, rules.filter((_, i) => i !== index).map(({ hits, ...kept }) => kept));
          again('The rule is off');
        })} aria-label=${`Turn rule ${index + 1} off`}>Off</button></td></tr>`)}</tbody></table></div>
      <button @click=${() => attempt(async () => { await remove(path); again('All faults are off'); })}>All off</button>`
      : html`<p class="quiet">No requests fail.</p>`}
    <h2>Reserved data</h2>
    <p class="quiet">Without a rule, this data asks for a fault in every world: as an id, an e-mail address, a slug or an API token.</p>
    <details><summary>Show all</summary><div class="wide" tabindex="0"><table><caption class="hidden">Reserved data</caption>
      <thead><tr><th scope="col">Does</th><th scope="col">id</th><th scope="col">E-mail</th><th scope="col">Token or slug</th></tr></thead>
      <tbody>${reserved.map((r) => html`<tr><td>${r.does}</td><td>${r.id}</td><td>${r.email}</td><td>${r.slug}</td></tr>`)}</tbody></table></div></details>
  </section>`;
}
