// Worlds: isolated copies of the data, each with a base URL of its own.
import { get, post, remove, baseURL, inWorld, credentials, loadCredentials } from './api.js';
import { html, nothing, attempt, fields, say, copy, day } from './ui.js';
import { submit, refusal, said, fieldError, confirmed } from './forms.js';

const SHOWN = 30; // worlds whose token is shown; the button copies those of others

export function worlds(app) {
  const again = async () => {
    await app.loadWorlds();
    await Promise.allSettled(app.known.slice(0, SHOWN).map(loadCredentials));
    app.update();
  };
  if (app.memory.worldsVersion !== (app.memory.version ?? 0)) { // the world that is watched has changed, and so may others have
    app.memory.worldsVersion = app.memory.version ?? 0;
    again().catch(() => {});
  }
  if (!app.memory.scenarios) {
    app.memory.scenarios = [];
    get('/_mock/scenarios').then(({ scenarios }) => { app.memory.scenarios = scenarios; app.update(); }).catch(() => {});
  }
  if (!app.memory.scenarios.length) return html`<p class="empty">Loading …</p>`;
  const wrong = said(app, 'world', 'name');
  return html`<section aria-label="Worlds">
    <h1>Worlds</h1>
    <p class="lead">A world is an isolated copy of the data: its own customers, tickets, journal, faults and clock. Point a plugin at its base URL.</p>
    <form class="tools card" novalidate @submit=${(event) => {
      event.preventDefault();
      const form = event.target;
      const { name, begins } = fields(form);
      const [kind, value] = begins.split(/:(.*)/);
      submit(app, form, 'world', async () => { await post('/_mock/worlds', kind ? { name, [kind]: value } : { name }); form.reset(); say(`World ${name} was created`); await again(); });
    }}>
      <label><span>Name</span><input name="name" autocomplete="off" maxlength="100" placeholder="blue" aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? 'world-name' : nothing}></label>
      <label><span>Begins as</span><select name="begins"><option value="">the mock's data</option>
        <optgroup label="Scenario">${app.memory.scenarios.map((s) => html`<option value=${`scenario:${s.name}`}>${s.name}</option>`)}</optgroup>
        <optgroup label="Copy of a world">${app.known.map((name) => html`<option value=${`from:${name}`}>copy of ${name}</option>`)}</optgroup></select></label>
      <button class="primary">Create</button>
      ${fieldError(app, 'world', 'name')}${refusal(app, 'world')}
    </form>
    <div class="wide" tabindex="0"><table><caption class="hidden">Worlds</caption>
      <thead><tr><th scope="col">World</th><th scope="col">Base URL</th><th scope="col">E-mail and token</th><th scope="col">Began as</th><th scope="col">Exchanges</th><th scope="col">Used</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${(app.worlds || []).map((w) => html`<tr class=${w.name === app.world ? 'selected' : ''}>
        <th scope="row">${w.name}${w.name === app.world ? html`<br><span class="quiet">watched</span>` : nothing}</th>
        <td><code>${baseURL(w.name)}</code><br><button class="small" @click=${() => copy(baseURL(w.name), 'Base URL')} aria-label=${`Copy URL of world ${w.name}`}>Copy URL</button></td>
        <td><code>${credentials(w.name).email}</code><br><code>${credentials(w.name).token}</code>
          <button class="small" @click=${() => attempt(async () => copy((await loadCredentials(w.name)).token, 'Token'))} aria-label=${`Copy token of world ${w.name}`}>Copy token</button></td>
        <td>${w.scenario || 'other data'}</td><td>${w.exchanges.toLocaleString()}</td><td class="tight">${day(w.used)}</td>
        <td class="actions">${w.name === app.world ? nothing : html`<button class="small" @click=${() => app.enter(w.name)} aria-label=${`Watch world ${w.name}`}>Watch</button>`}
          ${w.name === 'default' ? nothing : confirmed(app, `world ${w.name}`, async () => {
            await remove(inWorld(w.name));
            if (app.world === w.name) app.enter('default');
            await again();
          })}</td></tr>`)}</tbody></table></div>
    <p class="quiet">A plugin whose base URL cannot have a path chooses a world by its token: <code>TOKEN@NAME</code>.</p>
  </section>`;
}
