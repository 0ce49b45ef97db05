// What Ticaga's staff would see: tickets, customers and departments, and a ticket with its conversation.
import { html, nothing, badge, day, attempt, fields, say, counted } from './ui.js';
import { deskData, glow, addRow, editRow } from './data.js';

const words = (status) => status.replaceAll('_', ' ');
const kinds = { open: 'info', awaiting_reply: 'warn', in_progress: 'info', on_hold: 'quiet', closed: 'good' };
const filter = { status: '', text: '' };

const owner = (data, ticket) => data.customers.find((c) => c.id === ticket.customer_id);
const ownerName = (data, ticket) => owner(data, ticket)?.name || ticket.public_name || ticket.public_email || 'a guest';
const department = (data, ticket) => data.departments.find((d) => d.id === ticket.department_id)?.department_name || `department ${ticket.department_id}`;
const short = (text) => (text.length > 200 ? text.slice(0, 200) + '…' : text);
const link = (customer) => (customer && customer.billing_id && customer.billing_id !== '0' ? `${customer.billing_system} ${customer.billing_id}` : 'not linked');

const linked = (customer) => badge(link(customer) === 'not linked' ? 'quiet' : 'good', link(customer));

export function desk(app, [noun, id]) {
  const data = deskData(app);
  if (!data) return html`<p class="empty">Loading …</p>`;
  return html`<section class="desk" aria-label="Help desk">
    <h1 class="hidden">Help desk</h1>
    <nav class="tabs" aria-label="Help desk">${[['', 'Tickets'], ['customers', 'Customers'], ['departments', 'Departments']].map(([name, title]) =>
      html`<a href=${name ? `#/desk/${name}` : '#/desk'} aria-current=${(noun === 'tickets' ? '' : noun || '') === name ? 'page' : nothing}>${title}</a>`)}</nav>
    ${noun === 'customers' ? customers(app, data) : noun === 'departments' ? departments(data) : noun === 'tickets' && id ? ticketPage(app, data, Number(id)) : inbox(app, data)}
  </section>`;
}

function inbox(app, data) {
  const shown = data.tickets.filter((t) => (!filter.status || t.status === filter.status)
    && (!filter.text || `${t.subject} ${t.message} ${ownerName(data, t)}`.toLowerCase().includes(filter.text.toLowerCase())))
    .sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
  const set = (name) => (event) => { filter[name] = event.target.value; app.update(); };
  return html`<div class="tools">
      <label class="grow"><span>Search</span><input type="search" .value=${filter.text} @input=${set('text')}></label>
      <label><span>Status</span><select @change=${set('status')}><option value="">all</option>${Object.keys(kinds).map((s) => html`<option value=${s} .selected=${filter.status === s}>${words(s)}</option>`)}</select></label>
      <span class="quiet">${counted(shown.length, 'ticket')}</span>
    </div>
    <div class="wide" tabindex="0"><table><caption class="hidden">Tickets, the last changed first</caption>
      <thead><tr><th scope="col">Ticket</th><th scope="col">Subject</th><th scope="col">Customer</th><th scope="col">Department</th><th scope="col">Priority</th><th scope="col">Status</th><th scope="col">Changed</th></tr></thead>
      <tbody>${shown.slice(0, 500).map((t) => html`<tr class=${glow(data, 'tickets', t.id)}>
        <td>${t.id}</td>
        <td class="long"><a href=${`#/desk/tickets/${t.id}`}><bdi>${short(t.subject)}</bdi></a></td>
        <td><bdi>${short(ownerName(data, t))}</bdi><br><span class="quiet">${link(owner(data, t))}</span></td>
        <td>${department(data, t)}</td><td>${t.priority}</td><td>${badge(kinds[t.status] || 'quiet', words(t.status))}</td><td class="tight">${day(t.updated_at)}</td>
      </tr>`)}</tbody></table></div>
    ${shown.length > 500 ? html`<p class="quiet">The first 500 of ${shown.length}; search for others.</p>` : nothing}`;
}

function ticketPage(app, data, id) {
  const t = data.tickets.find((one) => one.id === id);
  if (!t) return html`<p class="empty">There is no ticket ${id} any more. <a href="#/desk">All tickets</a></p>`;
  const replies = data.responses.filter((r) => r.ticket_id === id);
  const name = (r) => (r.employee_response ? (data.state.staff?.find((s) => s.id === r.user_id)?.name || 'Staff') : data.customers.find((c) => c.id === r.user_id)?.name || ownerName(data, t));
  const customer = owner(data, t);
  return html`<p><a href="#/desk">← All tickets</a></p>
  <article class="ticket">
    <div>
      <h1 class=${glow(data, 'tickets', id)}><bdi>${t.subject}</bdi></h1>
      <ol class="thread" aria-label="Conversation">
        ${entry(ownerName(data, t), t.created_at, t.message)}
        ${replies.map((r) => entry(name(r), r.created_at, r.content, `${r.employee_response ? 'staff' : ''} ${r.is_note ? 'internal' : ''} ${glow(data, 'responses', r.id)}`, r))}
      </ol>
      ${answerForm(app, t)}
    </div>
    <aside aria-label="About the ticket">
      <dl>
        <dt>Status</dt><dd>${badge(kinds[t.status] || 'quiet', words(t.status))}</dd>
        <dt>Priority</dt><dd>${t.priority}</dd>
        <dt>Department</dt><dd>${department(data, t)}</dd>
        <dt>Customer</dt><dd><bdi>${ownerName(data, t)}</bdi>${customer ? html`<br><span class="quiet">${customer.email}</span>` : nothing}</dd>
        <dt>Billing account</dt><dd>${linked(customer)}</dd>
        <dt>Ticket</dt><dd>#${t.id} <span class="quiet">${t.ticket_code || ''}</span></dd>
        ${t.rating ? html`<dt>Rating</dt><dd>${t.rating} of 5</dd>` : nothing}
      </dl>
      ${t.status === 'closed' ? html`<button @click=${() => setStatus(app, id, 'open')}>Open again</button>`
        : html`<button @click=${() => setStatus(app, id, 'closed')}>Close the ticket</button>`}
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

const setStatus = (app, id, status) => attempt(async () => {
  await editRow(app.world, 'tickets', id, { status });
  app.deskChanged();
  say(status === 'closed' ? 'Closed' : 'Open again');
});

function customers(app, data) {
  return html`<div class="wide" tabindex="0"><table><caption class="hidden">Customers</caption>
    <thead><tr><th scope="col">Customer</th><th scope="col">Name</th><th scope="col">E-mail</th><th scope="col">Company</th><th scope="col">Billing account</th><th scope="col">Tickets</th></tr></thead>
    <tbody>${data.customers.slice(0, 500).map((c) => html`<tr class=${glow(data, 'customers', c.id)}>
      <td>${c.id}</td><td><bdi>${short(c.name)}</bdi></td><td>${c.email}</td><td>${c.company}</td><td>${linked(c)}</td>
      <td>${data.tickets.filter((t) => t.customer_id === c.id).length}</td></tr>`)}</tbody></table></div>
    <p><a class="button" href="#/state/customers/new">Add a customer</a></p>`;
}

function departments(data) {
  return html`<div class="wide" tabindex="0"><table><caption class="hidden">Departments</caption>
    <thead><tr><th scope="col">Department</th><th scope="col">Name</th><th scope="col">Slug</th><th scope="col">For</th><th scope="col">Custom fields</th></tr></thead>
    <tbody>${data.departments.map((d) => html`<tr class=${glow(data, 'departments', d.id)}>
      <td>${d.id}</td><td>${d.department_name}</td><td><code>${d.slug}</code></td>
      <td>${d.is_disabled ? badge('quiet', 'disabled') : badge('info', d.is_public ? 'everybody' : 'customers')}</td>
      <td>${(d.custom_fields || []).map((f) => f.slug || f.name).join(', ')}</td></tr>`)}</tbody></table></div>`;
}

