// Worlds: isolated copies of the data, each with a base URL of its own.
import { post, remove, baseURL, inWorld } from './api.js';
import { html, nothing, attempt, fields, say, copy, day, counted } from './ui.js';

export function worlds(app) {
  const again = async () => { await app.loadWorlds(); app.update(); };
  return html`<section aria-label="Worlds">
    <h1>Worlds</h1>
    <p class="lead">A world is an isolated copy of the data: its own customers, tickets, journal, faults and clock. Point a plugin at its base URL.</p>
    <form class="tools" @submit=${(event) => {
      event.preventDefault();
      const form = event.target;
      const { name, from } = fields(form);
      attempt(async () => { await post('/_mock/worlds', from ? { name, from } : { name }); form.reset(); say(`World ${name} was created`); await again(); });
    }}>
      <label><span>Name</span><input name="name" required maxlength="63" pattern="[a-z0-9][a-z0-9\\-]*" placeholder="blue"></label>
      <label><span>Copy of</span><select name="from"><option value="">the scenario</option>${app.known.map((name) => html`<option value=${name}>${name}</option>`)}</select></label>
      <button class="primary">Create</button>
    </form>
    <div class="wide" tabindex="0"><table><caption class="hidden">Worlds</caption>
      <thead><tr><th scope="col">World</th><th scope="col">Base URL</th><th scope="col">Exchanges</th><th scope="col">Used</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${(app.worlds || []).map((w) => html`<tr class=${w.name === app.world ? 'selected' : ''}>
        <td>${w.name}</td><td><code>${baseURL(w.name)}</code></td><td>${counted(w.exchanges, 'exchange')}</td><td class="tight">${day(w.used)}</td>
        <td class="actions"><button class="small" @click=${() => app.enter(w.name)} aria-label=${`Watch world ${w.name}`}>Watch</button>
          <button class="small" @click=${() => copy(baseURL(w.name), 'Base URL')} aria-label=${`Copy URL of world ${w.name}`}>Copy URL</button>
          ${w.name === 'default' ? nothing : html`<button class="small danger" aria-label=${`Delete world ${w.name}`} @click=${() => attempt(async () => {
            await remove(inWorld(w.name));
            if (app.world === w.name) app.enter('default');
            await again();
          })}>Delete</button>`}</td></tr>`)}</tbody></table></div>
    <p class="quiet">E-mail <code>${app.credentials.email}</code>, API token <code>${app.credentials.token}</code>
      <button @click=${() => copy(app.credentials.token, 'Token')}>Copy token</button></p>
  </section>`;
}
