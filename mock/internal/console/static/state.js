// The data of a world: add, edit and delete rows; scenarios, snapshots, and export.
import { get, post, put, remove, inWorld } from './api.js';
import { html, nothing, attempt, fields, say, counted } from './ui.js';
import { load, list, glow, rowsOf, addRow, editRow, removeRow } from './data.js';
import { submit, refusal, said, fieldError, confirmed, fresh } from './forms.js';

// What a form asks for; everything else has a default.
const forms = {
  customers: [['name', 'Name'], ['email', 'E-mail', 'email'], ['company', 'Company'], ['billing_id', 'Billing ID'], ['billing_system', 'Billing system'], ['password', 'Password', 'password']],
  tickets: [['subject', 'Subject'], ['message', 'Message', 'textarea'], ['customer_id', 'Customer', 'number'], ['department_id', 'Department', 'number'], ['priority', 'Priority'], ['status', 'Status'], ['assigned', 'Assigned to']],
  departments: [['department_name', 'Name'], ['slug', 'Slug'], ['department_description', 'Description'], ['is_public', 'For guests (1 or 0)', 'number'], ['is_disabled', 'Disabled (1 or 0)', 'number']],
  responses: [['ticket_id', 'Ticket', 'number'], ['content', 'Text', 'textarea'], ['employee_response', 'By staff (1 or 0)', 'number'], ['is_note', 'Note (1 or 0)', 'number']],
  staff: [['name', 'Name'], ['email', 'E-mail', 'email'], ['role', 'Role (staff or none)']],
};
const titles = { customers: 'customer', tickets: 'ticket', departments: 'department', responses: 'reply', staff: 'staff member' };
const tabs = { customers: 'customers', tickets: 'tickets', departments: 'departments', responses: 'replies', staff: 'staff' };
const PAGE = 100; // rows at first
const view = { text: '', limit: PAGE };

// typed returns the values of a form that differ from those of the row: without one, all that are not empty.
const typed = (form, row) => Object.fromEntries(Object.entries(fields(form)).filter(([name, value]) => value !== String(row?.[name] ?? ''))
  .map(([name, value]) => [name, form.elements[name].type === 'number' && value !== '' ? Number(value) : value]));

function editor(app, noun, id) {
  const found = id === 'new' ? { value: {} } : load(app, `/${noun}/${id}`);
  if (!found.value) return html`<p class="empty">${found.error ? html`${found.error.message}. <a href=${`#/state/${noun}`}>All ${tabs[noun]}</a>` : 'Loading …'}</p>`;
  const row = id === 'new' ? null : found.value;
  const key = `${noun}-${id}`;
  return fresh(app, key, html`<form class="stack" novalidate @submit=${(event) => {
    event.preventDefault();
    const form = event.target;
    submit(app, form, key, async () => {
      const made = row ? await editRow(app.world, noun, row.id, typed(form, row)) : await addRow(app.world, noun, typed(form));
      say(row ? 'Saved' : `The ${titles[noun]} was added${made.tokens ? `, with the token ${made.tokens.join(', ')}` : ''}`);
      app.deskChanged();
      location.hash = `#/state/${noun}`;
    });
  }}>
    <h1>${row ? `Edit ${titles[noun]} ${row.id}` : `Add a ${titles[noun]}`}</h1>
    ${row ? nothing : html`<p class="quiet">What you leave empty gets a default.</p>`}
    ${refusal(app, key)}
    ${forms[noun].map(([name, label, type = 'text']) => {
      const wrong = said(app, key, name);
      const described = wrong ? `${key}-${name}` : nothing;
      return html`<label><span>${label}</span>${type === 'textarea'
        ? html`<textarea name=${name} rows="4" .value=${row?.[name] ?? ''} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${described}></textarea>`
        : html`<input name=${name} type=${type} autocomplete=${type === 'password' ? 'new-password' : 'off'} .value=${String(row?.[name] ?? '')} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${described}>`}</label>
        ${fieldError(app, key, name)}`;
    })}
    <div class="tools"><button class="primary">${row ? 'Save' : 'Add'}</button> <a class="button" href=${`#/state/${noun}`}>Cancel</a></div>
  </form>`);
}

// tools are what one can do with all data of a world.
function tools(app, world) {
  const { scenarios } = app.memory;
  const again = (done) => { say(done); app.deskChanged(); };
  const reset = (body, done) => attempt(async () => { await post(inWorld(app.world, '/reset'), body); app.watch(); again(done); });
  const about = scenarios.find((s) => s.name === (app.memory.scenario ?? world.scenario))?.about.replaceAll('`', '');
  return html`<section class="card"><h1>State</h1>
    <form class="tools" @submit=${(event) => { event.preventDefault(); const { scenario } = fields(event.target); reset({ scenario }, `Loaded ${scenario}`); }}>
      <label><span>Scenario</span><select name="scenario" @change=${(event) => { app.memory.scenario = event.target.value; app.update(); }}>
        ${world.scenario === '' ? html`<option value="">data of your own</option>` : nothing}
        ${scenarios.map((s) => html`<option value=${s.name} .selected=${s.name === (app.memory.scenario ?? world.scenario)}>${s.name}</option>`)}</select></label>
      <button>Load</button>
      <button type="button" @click=${() => reset({}, 'Reset')}>Reset to the scenario</button>
      <a class="button" href=${inWorld(app.world, '/fixtures.zip')} download>Export as fixtures</a>
      <a class="button" href=${inWorld(app.world, '/state')} download=${`${app.world}.json`}>Export</a>
      <label class="button">Import <input class="hidden" type="file" accept=".json" @change=${(event) => {
        const input = event.target;
        attempt(async () => { await put(inWorld(app.world, '/state'), JSON.parse(await input.files[0].text())); again('Imported'); }).finally(() => { input.value = ''; });
      }}></label>
    </form>
    <form class="tools" @submit=${(event) => {
      event.preventDefault();
      const form = event.target;
      submit(app, form, 'snapshot', async () => { await post(inWorld(app.world, `/snapshots/${encodeURIComponent(fields(form).name)}`)); form.reset(); again('Kept'); });
    }}><label><span>Keep as</span><input name="name" required autocomplete="off" placeholder="before-link"></label><button>Keep</button>${fieldError(app, 'snapshot', 'name')}${refusal(app, 'snapshot')}</form>
    ${world.snapshots.length ? html`<ul class="snapshots">${world.snapshots.map((name) => html`<li><strong>${name}</strong>
      <button class="small" aria-label=${`Restore snapshot ${name}`} @click=${() => attempt(async () => { await post(inWorld(app.world, `/snapshots/${name}/restore`)); again('Restored'); })}>Restore</button>
      ${confirmed(app, `snapshot ${name}`, async () => { await remove(inWorld(app.world, `/snapshots/${name}`)); app.deskChanged(); })}</li>`)}</ul>` : nothing}
    ${about ? html`<p class="quiet">The scenario has ${about}.</p>` : nothing}
  </section>`;
}

export function state(app, [noun = 'customers', id]) {
  if (!forms[noun]) return html`<p class="empty">There is no such data. <a href="#/state">State</a></p>`;
  if (id) return editor(app, noun, id);
  const world = load(app, '');
  if (!app.memory.scenarios) {
    app.memory.scenarios = [];
    get('/_mock/scenarios').then(({ scenarios }) => { app.memory.scenarios = scenarios; app.update(); }).catch(() => {});
  }
  const found = load(app, list(noun, { order: 'latest', limit: view.limit, text: view.text }), `state-${noun}`);
  const failed = world.error ?? found.error;
  if (failed) return html`<p class="empty" role="alert">${failed.message}</p>`;
  if (!world.value || !found.value || !app.memory.scenarios.length) return html`<p class="empty">Loading …</p>`; // so that nothing moves later
  const columns = ['id', ...forms[noun].map(([name]) => name).filter((name) => name !== 'password')];
  const { total } = found.value;
  const rows = rowsOf(found.value);
  return html`<section class="state" aria-label="State">
    ${tools(app, world.value)}
    <nav class="tabs" aria-label="Data">${Object.entries(tabs).map(([name, title]) => html`<a href=${`#/state/${name}`} aria-current=${name === noun ? 'page' : nothing}>${title}</a>`)}</nav>
    <div class="tools"><a class="button primary" href=${`#/state/${noun}/new`}>Add a ${titles[noun]}</a>
      <label class="grow"><span>Search</span><input type="search" .value=${view.text} @input=${(event) => { view.text = event.target.value; view.limit = PAGE; app.update(); }}></label>
      <span class="quiet">${counted(total, 'row')}</span></div>
    <div class="wide" tabindex="0"><table><caption class="hidden">${tabs[noun]}, the last changed first</caption>
      <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${rows.map((row) => html`<tr class=${glow(found, row.id)}>
        ${columns.map((name) => html`<td class=${['subject', 'message', 'content'].includes(name) ? 'long' : ''}><bdi>${String(row[name] ?? '').slice(0, 120)}</bdi></td>`)}
        <td class="actions"><a class="button small" href=${`#/state/${noun}/${row.id}`} aria-label=${`Edit ${titles[noun]} ${row.id}`}>Edit</a>
          ${confirmed(app, `${titles[noun]} ${row.id}`, async () => { await removeRow(app.world, noun, row.id); app.deskChanged(); })}</td>
      </tr>`)}</tbody></table></div>
    ${total > rows.length ? html`<p class="tools"><span class="quiet">The first ${rows.length} of ${total.toLocaleString()}.</span>
      ${view.limit < 1000 ? html`<button @click=${() => { view.limit = Math.min(1000, view.limit * 3); app.update(); }}>Show more</button>` : html`<span class="quiet">Search for others.</span>`}</p>` : nothing}
  </section>`;
}
