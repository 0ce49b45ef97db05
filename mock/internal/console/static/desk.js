// What Ticaga's staff would see: tickets, customers and departments, and a ticket with its conversation.
import { html, nothing, badge, day, attempt, fields, say, counted } from './ui.js';
import { load, list, glow, rowsOf, addRow, editRow } from './data.js';

const words = (status) => status.replaceAll('_', ' ');
const kinds = { open: 'info', awaiting_reply: 'warn', in_progress: 'info', on_hold: 'quiet', closed: 'good' };
const priorities = ['none', 'low', 'medium', 'high', 'emergency'];
const urgent = { high: 'warn', critical: 'bad', emergency: 'bad' };
const PAGE = 100; // rows at first
const filter = { status: '', text: '', limit: PAGE };

const short = (text = '') => (text.length > 200 ? text.slice(0, 200) + '…' : text);
const guest = (ticket) => ticket.public_name || ticket.public_email || 'a guest';
const link = (customer) => (customer && customer.billing_id && customer.billing_id !== '0' ? `${customer.billing_system} ${customer.billing_id}` : 'not linked');
const linked = (customer) => badge(link(customer) === 'not linked' ? 'quiet' : 'good', link(customer));
const priority = (value) => (urgent[value] ? badge(urgent[value], value) : value);
const loading = html`<p class="empty">Loading …</p>`;

// people finds departments and staff by id.
function people(app) {
  const byID = (noun, name) => {
    const rows = load(app, `/${noun}`).value?.[noun] ?? [];
    return { rows, name: (id) => rows.find((row) => row.id === Number(id))?.[name] };
  };
  return { departments: byID('departments', 'department_name'), staff: byID('staff', 'name') };
}

const staffName = ({ staff }, id) => staff.name(id) || (Number(id) ? `staff member ${id}` : 'nobody');
const departmentName = ({ departments }, id) => departments.name(id) || `department ${id}`;

export function desk(app, [noun, id]) {
  const tab = noun === 'tickets' ? '' : noun || '';
  return html`<section class="desk" aria-label="Help desk">
    <h1 class="hidden">Help desk</h1>
    <nav class="tabs" aria-label="Help desk">${[['', 'Tickets'], ['customers', 'Customers'], ['departments', 'Departments']].map(([name, title]) =>
      html`<a href=${name ? `#/desk/${name}` : '#/desk'} aria-current=${tab === name ? 'page' : nothing}>${title}</a>`)}</nav>
    ${tab === 'customers' ? customers(app) : tab === 'departments' ? departments(app) : id ? ticketPage(app, Number(id)) : inbox(app)}
  </section>`;
}

// more is the end of a list that has more rows than it shows.
const more = (app, shown, total) => (total > shown ? html`<p class="tools"><span class="quiet">The first ${shown} of ${total.toLocaleString()}.</span>
  ${filter.limit < 1000 ? html`<button @click=${() => { filter.limit = Math.min(1000, filter.limit * 3); app.update(); }}>Show more</button>` : html`<span class="quiet">Search for others.</span>`}</p>` : nothing);

const search = (app, total, noun, others = nothing) => html`<div class="tools">
  <label class="grow"><span>Search</span><input type="search" .value=${filter.text} @input=${(event) => { filter.text = event.target.value; filter.limit = PAGE; app.update(); }}></label>
  ${others}<span class="quiet">${counted(total, noun)}</span></div>`;

function inbox(app) {
  const found = load(app, list('tickets', { order: 'latest', limit: filter.limit, status: filter.status, text: filter.text }), 'inbox');
  if (!found.value) return loading;
  const { tickets, total } = found.value;
  const who = people(app);
  const ids = [...new Set(tickets.map((t) => t.customer_id).filter(Boolean))].sort((a, b) => a - b).join(',');
  const owners = new Map((ids ? load(app, list('customers', { id: ids }), 'owners').value?.customers : []) ?.map((c) => [c.id, c]));
  const owner = (t) => owners.get(t.customer_id);
  return html`${search(app, total, 'ticket', html`<label><span>Status</span><select @change=${(event) => { filter.status = event.target.value; app.update(); }}>
      <option value="">all</option>${Object.keys(kinds).map((s) => html`<option value=${s} .selected=${filter.status === s}>${words(s)}</option>`)}</select></label>`)}
    ${tickets.length ? html`<div class="wide" tabindex="0"><table><caption class="hidden">Tickets, the last changed first</caption>
      <thead><tr><th scope="col">Ticket</th><th scope="col">Subject</th><th scope="col">Customer</th><th scope="col">Department</th><th scope="col">Priority</th><th scope="col">Assigned to</th><th scope="col">Status</th><th scope="col">Changed</th></tr></thead>
      <tbody>${tickets.map((t) => html`<tr class=${glow(found, t.id)}>
        <td>${t.id}</td>
        <td class="long"><a href=${`#/desk/tickets/${t.id}`}><bdi>${short(t.subject)}</bdi></a></td>
        <td><bdi>${short(owner(t)?.name || guest(t))}</bdi><br><span class="quiet tight">${t.customer_id ? link(owner(t)) : 'guest'}</span></td>
        <td>${departmentName(who, t.department_id)}</td><td>${priority(t.priority)}</td><td class="tight">${staffName(who, t.assigned)}</td><td>${badge(kinds[t.status] || 'quiet', words(t.status))}</td><td class="tight">${day(t.updated_at || t.created_at)}</td>
      </tr>`)}</tbody></table></div>` : html`<p class="empty">There is no such ticket. Create one with your plugin, in <a href="#/api/createTicket">Try it</a>, or in <a href="#/state/tickets/new">State</a>.</p>`}
    ${more(app, tickets.length, total)}`;
}

function ticketPage(app, id) {
  const found = load(app, `/tickets/${id}`);
  const t = found.value;
  if (!t) return found.error ? html`<p class="empty">There is no ticket ${id} any more. <a href="#/desk">All tickets</a></p>` : loading;
  const replies = load(app, `/responses?ticket_id=${id}`);
  const customer = t.customer_id ? load(app, `/customers/${t.customer_id}`).value : null;
  const who = people(app);
  const name = (r) => (r.employee_response ? staffName(who, r.user_id) : r.user_id === t.customer_id ? customer?.name || guest(t) : `customer ${r.user_id}`);
  const set = (field, value, done) => attempt(async () => { await editRow(app.world, 'tickets', id, { [field]: value }); app.deskChanged(); say(done); });
  const select = (label, field, options, parse = String) => html`<label><span>${label}</span><select @change=${(event) => set(field, parse(event.target.value), `${label} changed`)}>
    ${options.map(([value, text]) => html`<option value=${value} .selected=${String(t[field] ?? '0') === String(value)}>${text}</option>`)}</select></label>`;
  const known = (values, value) => (values.includes(value) ? values : [...values, value]);
  return html`<p><a href="#/desk">← All tickets</a></p>
  <article class="ticket">
    <div>
      <h1 class=${glow(found, id)}><bdi>${t.subject}</bdi></h1>
      <ol class="thread" aria-label="Conversation">
        ${entry(customer?.name || guest(t), t.created_at, t.message)}
        ${(replies.value?.responses ?? []).map((r) => entry(name(r), r.created_at, r.content, `${r.employee_response ? 'staff' : ''} ${r.is_note ? 'internal' : ''} ${glow(replies, r.id)}`, r))}
      </ol>
      ${answerForm(app, t)}
    </div>
    <aside aria-label="About the ticket">
      <p>${badge(kinds[t.status] || 'quiet', words(t.status))} <span class="quiet">#${t.id} ${t.ticket_code || ''}</span></p>
      <div class="stack">
        ${select('Status', 'status', known(Object.keys(kinds), t.status).map((s) => [s, words(s)]))}
        ${select('Priority', 'priority', known(priorities, t.priority).map((p) => [p, p]))}
        ${select('Department', 'department_id', known(who.departments.rows.map((d) => d.id), t.department_id).map((d) => [d, departmentName(who, d)]), Number)}
        ${select('Assigned to', 'assigned', known(['0', ...who.staff.rows.filter((s) => s.role !== 'none').map((s) => String(s.id))], t.assigned || '0').map((s) => [s, staffName(who, s)]))}
      </div>
      <dl>
        <dt>Customer</dt><dd><bdi>${customer?.name || guest(t)}</bdi><br><span class="quiet">${customer?.email || t.public_email}</span></dd>
        <dt>Billing account</dt><dd>${linked(customer)}</dd>
        ${Object.entries(t.custom_fields || {}).map(([slug, value]) => html`<dt><bdi>${short(slug)}</bdi></dt><dd><bdi>${short(String(value))}</bdi></dd>`)}
        ${t.rating ? html`<dt>Rating</dt><dd>${t.rating} of 5</dd>` : nothing}
      </dl>
      ${t.status === 'closed' ? html`<button @click=${() => set('status', 'open', 'Open again')}>Open again</button>`
        : html`<button @click=${() => set('status', 'closed', 'Closed')}>Close the ticket</button>`}
    </aside>
  </article>`;
}

const entry = (who, when, text, kind = '', r = {}) => html`<li class=${kind}>
  <header><strong><bdi>${who}</bdi></strong> ${r.is_note ? badge('warn', 'note, hidden from the customer') : r.employee_response ? badge('info', 'staff') : nothing} <time datetime=${when}>${day(when)}</time></header>
  <p class="text" dir="auto">${text}</p></li>`;

const answerForm = (app, t) => html`<form @submit=${(event) => {
  event.preventDefault();
  const form = event.target;
  const note = event.submitter?.value === 'note';
  const content = fields(form).content.trim();
  if (!content) return say('Write something first', true);
  return attempt(async () => {
    await addRow(app.world, 'responses', { ticket_id: t.id, content, employee_response: 1, is_note: note ? 1 : 0 });
    form.reset();
    app.deskChanged();
    say(note ? 'Note added' : 'Reply sent');
  });
}}>
  <div class="stack"><label><span>Answer as staff</span><textarea name="content" rows="4" required></textarea></label></div>
  <div class="tools"><button class="primary" value="reply">Reply</button> <button value="note">Add a note</button></div>
</form>`;

function customers(app) {
  const found = load(app, list('customers', { order: 'latest', limit: filter.limit, text: filter.text }), 'desk-customers');
  if (!found.value) return loading;
  return html`${search(app, found.value.total, 'customer')}
    <div class="wide" tabindex="0"><table><caption class="hidden">Customers, the last changed first</caption>
    <thead><tr><th scope="col">Customer</th><th scope="col">Name</th><th scope="col">E-mail</th><th scope="col">Company</th><th scope="col">Billing account</th><th scope="col">Since</th></tr></thead>
    <tbody>${rowsOf(found.value).map((c) => html`<tr class=${glow(found, c.id)}>
      <td>${c.id}</td><td><a href=${`#/state/customers/${c.id}`}><bdi>${short(c.name)}</bdi></a></td><td>${c.email}</td><td>${c.company}</td><td>${linked(c)}</td><td class="tight">${day(c.created_at)}</td></tr>`)}</tbody></table></div>
    ${more(app, found.value.customers.length, found.value.total)}
    <p><a class="button" href="#/state/customers/new">Add a customer</a></p>`;
}

function departments(app) {
  const found = load(app, '/departments');
  if (!found.value) return loading;
  return html`<div class="wide" tabindex="0"><table><caption class="hidden">Departments</caption>
    <thead><tr><th scope="col">Department</th><th scope="col">Name</th><th scope="col">Slug</th><th scope="col">For</th><th scope="col">Custom fields</th></tr></thead>
    <tbody>${found.value.departments.map((d) => html`<tr class=${glow(found, d.id)}>
      <td>${d.id}</td><td>${d.department_name}</td><td><code>${d.slug}</code></td>
      <td>${d.is_disabled ? badge('quiet', 'disabled') : badge('info', d.is_public ? 'everybody' : 'customers')}</td>
      <td>${(d.custom_fields || []).map((f) => f.slug || f.name).join(', ')}</td></tr>`)}</tbody></table></div>`;
}
