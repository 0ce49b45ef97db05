// Faults: which requests fail, how, and how often.
import { get, put, remove, inWorld } from './api.js';
import { html, attempt, fields, say } from './ui.js';
import { operations } from './spec.js';

const kinds = [['status', 'answer with a status'], ['reset', 'reset the connection'], ['timeout', 'never answer'], ['malformed', 'malformed JSON'], ['empty', 'an empty body'], ['html', 'an HTML page']];

export function faults(app) {
  const memory = app.memory;
  if (!memory.faults) {
    memory.faults = { rules: [], reserved: [] };
    attempt(async () => { memory.faults = await get(inWorld(app.world, '/faults')); app.update(); });
  }
  const set = (rules) => attempt(async () => {
    memory.faults = await put(inWorld(app.world, '/faults'), rules.map(({ hits, ...rule }) => rule));
    memory.faults = await get(inWorld(app.world, '/faults'));
    app.update();
  });
  const { rules } = memory.faults;
  return html`<section aria-label="Faults">
    <h1>Faults</h1>
    <p class="lead">Choose which requests fail, how, and how often, and see what the plugin does then.</p>
    <form class="tools card" @submit=${(event) => {
      event.preventDefault();
      const f = fields(event.target);
      const rule = {};
      if (f.operation) rule.operation = f.operation;
      if (f.kind === 'status') rule.status = Number(f.status); else rule.fault = f.kind;
      if (f.delay) rule.delay_ms = Number(f.delay);
      if (f.times) rule.times = Number(f.times);
      if (f.probability && f.probability !== '100') rule.probability = Number(f.probability) / 100;
      set([rule, ...rules]).then(() => say('The rule is active'));
    }}>
      <label><span>Operation</span><select name="operation"><option value="">every operation</option>${operations(app).map((o) => html`<option value=${o.id}>${o.id}</option>`)}</select></label>
      <label><span>Fault</span><select name="kind">${kinds.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select></label>
      <label><span>Status</span><input name="status" type="number" min="400" max="599" value="503"></label>
      <label><span>Times</span><input name="times" type="number" min="0" placeholder="always"></label>
      <label><span>Probability, %</span><input name="probability" type="number" min="1" max="100" value="100"></label>
      <label><span>Delay, ms</span><input name="delay" type="number" min="0" max="60000"></label>
      <button class="primary">Add</button>
    </form>
    <h2>Active</h2>
    ${rules.length ? html`<div class="wide" tabindex="0"><table><caption class="hidden">Fault rules</caption>
      <thead><tr><th scope="col">Operation</th><th scope="col">Fault</th><th scope="col">Limits</th><th scope="col">Hits</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${rules.map((rule, index) => html`<tr><td>${rule.operation || rule.match?.operation || 'every operation'}</td>
        <td>${rule.status || rule.fault || ''}${rule.delay_ms ? ` after ${rule.delay_ms} ms` : ''}</td>
        <td>${rule.times ? `${rule.times} times` : 'always'}${rule.probability ? `, ${Math.round(rule.probability * 100)} %` : ''}</td><td>${rule.hits}</td>
        <td class="actions"><button class="small" @click=${() => set(rules.filter((_, i) => i !== index))} aria-label=${`Remove rule ${index + 1}`}>Remove</button></td></tr>`)}</tbody></table></div>
      <button @click=${() => attempt(async () => { await remove(inWorld(app.world, '/faults')); memory.faults = null; app.update(); say('All faults are off'); })}>All off</button>`
      : html`<p class="quiet">No requests fail.</p>`}
    <h2>Reserved data</h2>
    <p class="quiet">Without a rule, this data asks for a fault in every world: as an id, an e-mail address, a slug or an API token.</p>
    <details><summary>Show all</summary><div class="wide" tabindex="0"><table><caption class="hidden">Reserved data</caption>
      <thead><tr><th scope="col">Does</th><th scope="col">id</th><th scope="col">E-mail</th><th scope="col">Token or slug</th></tr></thead>
      <tbody>${memory.faults.reserved.map((r) => html`<tr><td>${r.does}</td><td>${r.id}</td><td>${r.email}</td><td>${r.slug}</td></tr>`)}</tbody></table></div></details>
  </section>`;
}
