// The data of a world: add, edit and delete rows; reset, snapshots, and export.
import { get, post, put, remove, inWorld } from './api.js';
import { html, nothing, attempt, fields, say } from './ui.js';
import { deskData, glow, addRow, editRow, removeRow } from './data.js';

// What a form asks for; everything else has a default.
const forms = {
  customers: [['name', 'Name'], ['email', 'E-mail', 'email'], ['company', 'Company'], ['billing_id', 'Billing ID'], ['billing_system', 'Billing system'], ['password', 'Password']],
  tickets: [['subject', 'Subject'], ['message', 'Message', 'textarea'], ['customer_id', 'Customer', 'number'], ['department_id', 'Department', 'number'], ['priority', 'Priority'], ['status', 'Status']],
  departments: [['department_name', 'Name'], ['slug', 'Slug'], ['department_description', 'Description']],
  responses: [['ticket_id', 'Ticket', 'number'], ['content', 'Text', 'textarea']],
};
const titles = { customers: 'customer', tickets: 'ticket', departments: 'department', responses: 'reply' };

const filled = (form) => Object.fromEntries(Object.entries(fields(form)).filter(([, value]) => value !== '')
  .map(([name, value]) => [name, form.elements[name].type === 'number' ? Number(value) : value]));

function editor(app, noun, row) {
  return html`<form class="stack" @submit=${(event) => {
    event.preventDefault();
    const values = filled(event.target);
    attempt(async () => {
      if (row) await editRow(app.world, noun, row.id, values);
      else await addRow(app.world, noun, values);
      say(row ? 'Saved' : `The ${titles[noun]} was added`);
      app.deskChanged();
      location.hash = `#/state/${noun}`;
    });
  }}>
    <h1>${row ? `Edit ${titles[noun]} ${row.id}` : `Add a ${titles[noun]}`}</h1>
    ${row ? nothing : html`<p class="quiet">What you leave empty gets a default.</p>`}
    ${forms[noun].map(([name, label, type = 'text']) => html`<label><span>${label}</span>
      ${type === 'textarea' ? html`<textarea name=${name} rows="4" .value=${row?.[name] ?? ''}></textarea>`
        : html`<input name=${name} type=${type} .value=${String(row?.[name] ?? '')}>`}</label>`)}
    <div class="tools"><button class="primary">${row ? 'Save' : 'Add'}</button> <a class="button" href=${`#/state/${noun}`}>Cancel</a></div>
  </form>`;
}

function snapshots(app) {
  if (!app.memory.snapshots) {
    app.memory.snapshots = [];
    get(inWorld(app.world, '/snapshots')).then(({ snapshots: list }) => {
      app.memory.snapshots = list;
      app.update();
    }).catch(() => {});
  }
  const again = () => { app.memory.snapshots = null; app.deskChanged(); };
  return html`<section class="card"><h1>State</h1>
    <div class="tools">
      <button @click=${() => attempt(async () => { await post(inWorld(app.world, '/reset')); say('Reset'); again(); app.watch(); })}>Reset to the scenario</button>
      <a class="button" href=${inWorld(app.world, '/state')} download=${`${app.world}.json`}>Export</a>
      <a class="button" href=${inWorld(app.world, '/fixtures.zip')} download>Export as fixtures</a>
      <label class="button">Import <input class="hidden" type="file" accept=".json" @change=${(event) => {
        const file = event.target.files[0];
        attempt(async () => { await put(inWorld(app.world, '/state'), JSON.parse(await file.text())); say('Imported'); again(); });
      }}></label>
    </div>
    <form class="tools" @submit=${(event) => {
      event.preventDefault();
      const form = event.target;
      attempt(async () => { await post(inWorld(app.world, `/snapshots/${encodeURIComponent(fields(form).name)}`)); form.reset(); say('Kept'); again(); });
    }}><label><span>Keep as</span><input name="name" required pattern="[a-z0-9][a-z0-9\\-]*" placeholder="before-link"></label><button>Keep</button></form>
    ${app.memory.snapshots.length ? html`<ul class="snapshots">${app.memory.snapshots.map((name) => html`<li><strong>${name}</strong>
      <button class="small" aria-label=${`Restore snapshot ${name}`} @click=${() => attempt(async () => { await post(inWorld(app.world, `/snapshots/${name}/restore`)); say('Restored'); again(); })}>Restore</button>
      <button class="small danger" @click=${() => attempt(async () => { await remove(inWorld(app.world, `/snapshots/${name}`)); again(); })} aria-label=${`Delete snapshot ${name}`}>Delete</button></li>`)}</ul>` : nothing}
  </section>`;
}

export function state(app, [noun = 'customers', id]) {
  const data = deskData(app);
  if (!data) return html`<p class="empty">Loading …</p>`;
  if (!forms[noun]) return html`<p class="empty">There is no such data. <a href="#/state">State</a></p>`;
  if (id) return editor(app, noun, id === 'new' ? null : data[noun].find((row) => row.id === Number(id)));
  const columns = ['id', ...forms[noun].map(([name]) => name).filter((name) => name !== 'password')];
  return html`<section class="state" aria-label="State">
    ${snapshots(app)}
    <nav class="tabs" aria-label="Data">${Object.keys(forms).map((name) => html`<a href=${`#/state/${name}`} aria-current=${name === noun ? 'page' : nothing}>${name === 'responses' ? 'replies' : name}</a>`)}</nav>
    <p><a class="button primary" href=${`#/state/${noun}/new`}>Add a ${titles[noun]}</a></p>
    <div class="wide" tabindex="0"><table><caption class="hidden">${noun}</caption>
      <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody>${data[noun].slice(0, 500).map((row) => html`<tr class=${glow(data, noun, row.id)}>
        ${columns.map((name) => html`<td class=${['subject', 'message', 'content'].includes(name) ? 'long' : ''}><bdi>${String(row[name] ?? '').slice(0, 120)}</bdi></td>`)}
        <td class="actions"><a class="button small" href=${`#/state/${noun}/${row.id}`} aria-label=${`Edit ${titles[noun]} ${row.id}`}>Edit</a>
          <button class="small danger" aria-label=${`Delete ${titles[noun]} ${row.id}`} @click=${() => attempt(async () => { await removeRow(app.world, noun, row.id); say('Deleted'); app.deskChanged(); })}>Delete</button></td>
      </tr>`)}</tbody></table></div>
  </section>`;
}
