// The live list of exchanges, newest first, with filters. Only the rows that can be seen are in the page.
import { remove, inWorld, schemeOf } from './api.js';
import { html, nothing, badge, time, duration, statusClass, counted, attempt, say, copy, target } from './ui.js';
import { asCurl } from './copyas.js';
import { clientOf } from './clients.js';
import { exchangeView } from './exchange.js';

// rowHeight returns the height of a row in pixels, as in style.css: on a narrow screen a row has two lines.
const narrow = matchMedia('(max-width: 60rem)');
const rowHeight = () => (narrow.matches ? 60 : 38);

const filter = { text: '', status: '', violations: '', operation: '' };

function passes(x) {
  if (filter.status && String(x.status)[0] !== filter.status) return false;
  if (filter.violations === 'any' && x.violations.length === 0) return false;
  if (filter.violations === 'error' && !x.violations.some((v) => v.severity === 'error')) return false;
  if (filter.violations === 'none' && x.violations.length > 0) return false;
  if (filter.operation && x.operation !== filter.operation) return false;
  if (!filter.text) return true;
  const text = filter.text.toLowerCase();
  return [x.method, x.path, x.query, x.operation, x.request.body, x.response.body, ...x.violations.map((v) => v.code + ' ' + v.message)]
    .some((part) => (part || '').toLowerCase().includes(text));
}

// filtered returns the exchanges that pass, and the operations there are. Scrolling asks for the same again.
let last = {};
function filtered(feed) {
  const question = JSON.stringify(filter) + feed.version;
  if (last.feed !== feed || last.question !== question) {
    const operations = [...new Set(feed.exchanges.map((x) => x.operation).filter(Boolean))].sort();
    last = { feed, question, shown: feed.exchanges.filter(passes), operations };
  }
  return last;
}

const severities = (x) => {
  const errors = x.violations.filter((v) => v.severity === 'error').length;
  const warnings = x.violations.length - errors;
  return html`${errors ? badge('bad', counted(errors, 'error')) : nothing} ${warnings ? badge('warn', counted(warnings, 'warning')) : nothing}`;
};

function row(x, index, selected, reachable) {
  return html`<div class="row ${x.id === selected ? 'selected' : ''}" role="row" aria-rowindex=${index + 2} data-id=${x.id} .style=${`top:${index * rowHeight()}px`}>
    <span role="cell" class="status">${badge(statusClass(x.status), x.status || 'none')}</span>
    <span role="cell" class="method">${x.method}</span>
    <span role="cell" class="path"><a href=${`#/live/${x.id}`} title=${target(x)} tabindex=${reachable ? 0 : -1} aria-current=${x.id === selected ? 'true' : nothing}><bdi>${target(x)}</bdi></a></span>
    <span role="cell" class="operation">${x.operation || 'unknown'}</span>
    <span role="cell" class="violations">${severities(x)}</span>
    <span role="cell" class="client">${clientOf(x)}</span>
    <span role="cell" class="took">${duration(x.took_ns)}</span>
    <span role="cell" class="time">${time(x.time)}</span>
  </div>`;
}

function change(app, name) {
  return (event) => {
    filter[name] = event.target.value;
    app.update();
  };
}

const choice = (app, name, label, options) => html`<label><span>${label}</span>
  <select @change=${change(app, name)}>
    ${options.map(([value, text]) => html`<option value=${value} .selected=${filter[name] === value}>${text}</option>`)}
  </select></label>`;

// move selects the exchange that is so many rows away, shows it and puts the focus on it.
function move(app, shown, selected, by) {
  const at = shown.findIndex((x) => x.id === selected);
  const index = at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by));
  if (!shown[index]) return;
  const list = document.querySelector('.scroll');
  const height = rowHeight();
  list.scrollTop = Math.min(Math.max(list.scrollTop, (index + 1) * height - list.clientHeight), index * height);
  app.go(`#/live/${shown[index].id}`, () => document.querySelector('.row.selected a')?.focus({ preventScroll: true }));
}

const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

export function live(app, [id]) {
  const { feed } = app;
  const { shown, operations } = filtered(feed);
  const selected = Number(id) || 0;
  const list = document.querySelector('.scroll');
  const top = Math.max(0, Math.floor((list?.scrollTop || 0) / rowHeight()) - 10);
  const visible = Math.ceil((list?.clientHeight || 800) / rowHeight()) + 20;
  const open = selected ? feed.find(selected) : undefined;
  const rows = shown.slice(top, top + visible);
  const reachable = rows.some((x) => x.id === selected) ? selected : rows[0]?.id;
  const keys = (event) => {
    if (event.key === 'Escape' && open) {
      app.go('#/live', () => document.querySelector(`.row[data-id="${selected}"] a`)?.focus({ preventScroll: true }));
      return;
    }
    const by = steps[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(app, shown, Number(app.rest[0]), by); // the keys may be quicker than the page is drawn
  };
  return html`<section class="live ${open ? 'with-detail' : ''}" aria-label="Live">
    <div class="list">
      ${open ? nothing : html`<h1 class="hidden">Live</h1>`}
      <div class="tools" role="search" aria-label="Filter">
        <label class="grow"><span>Search</span><input type="search" .value=${filter.text} @input=${change(app, 'text')} placeholder="path, body, violation"></label>
        ${choice(app, 'status', 'Status', [['', 'all'], ['2', '2xx'], ['3', '3xx'], ['4', '4xx'], ['5', '5xx']])}
        ${choice(app, 'violations', 'Violations', [['', 'all'], ['any', 'any'], ['error', 'errors'], ['none', 'none']])}
        ${choice(app, 'operation', 'Operation', [['', 'all'], ...operations.map((o) => [o, o])])}
        <button @click=${() => feed.pause(!feed.paused)} aria-pressed=${feed.paused}>${feed.paused ? `Continue (${feed.waiting.length} new)` : 'Pause'}</button>
        <button @click=${() => attempt(async () => {
          await remove(inWorld(app.world, '/journal'));
          feed.clear();
          say('The journal is empty');
        })}>Clear</button>
      </div>
      ${feed.loaded && !feed.connected ? html`<p class="note bad">Not connected. The page tries again by itself, and then shows what came meanwhile.</p>` : nothing}
      ${feed.restarted ? html`<p class="note plain">The mock was started again. What was here before is gone.</p>` : nothing}
      ${feed.missing ? html`<p class="note">${counted(feed.missing, 'exchange')} came too quickly to be shown.</p>` : nothing}
      <div class="table" role="table" aria-label="Exchanges, newest first" aria-rowcount=${shown.length + 1} @keydown=${keys}>
        <div role="rowgroup"><div class="row head" role="row" aria-rowindex="1">
          ${['Status', 'Method', 'Path', 'Operation', 'Violations', 'Client', 'Took', 'Time'].map((name) => html`<span role="columnheader" class=${name.toLowerCase()}>${name}</span>`)}
        </div></div>
        <div class="scroll" role="rowgroup" tabindex=${rows.length ? nothing : 0} @scroll=${() => app.update()}>
          <div class="space" role="presentation" .style=${`height:${shown.length * rowHeight()}px`}>
            ${rows.map((x, i) => row(x, top + i, selected, x.id === reachable))}
          </div>
          ${shown.length === 0 && feed.loaded ? empty(app) : nothing}
        </div>
      </div>
      <p class="count quiet">${shown.length === feed.exchanges.length ? counted(shown.length, 'exchange') : `${shown.length} of ${counted(feed.exchanges.length, 'exchange')}`}</p>
    </div>
    ${open ? exchangeView(app, open) : selected && feed.loaded ? html`<p class="note">Exchange ${selected} is not in the list any more.</p>` : nothing}
  </section>`;
}

// first returns a request for a world without any.
const first = (app) => ({
  method: 'POST', path: '/api/customers/assign', world: app.world, credentials: schemeOf(app.credentials),
  request: { header: { Accept: ['application/json'], 'Content-Type': ['application/json'] }, body: '{"ticaga_id": 8, "billing_id": 42, "billing_system": "blesta"}' },
});

function empty(app) {
  if (app.feed.exchanges.length) return html`<div class="empty" role="row"><div role="cell"><p>No exchange passes the filters.</p></div></div>`;
  const { email, token } = app.credentials;
  const command = asCurl(app.base(), first(app), app.credentials);
  return html`<div class="empty" role="row"><div role="cell">
    <h2>No requests yet</h2>
    <p>Paste these into the settings of your plugin:</p>
    <dl class="settings">${[['Base URL', app.base()], ['E-mail', email], ['API token', token]].map(([label, value]) => html`<dt>${label}</dt>
      <dd><code>${value}</code> <button class="small" aria-label=${`Copy ${label}`} @click=${() => copy(value, label)}>Copy</button></dd>`)}</dl>
    <p>Or send a request from a terminal:</p>
    <pre tabindex="0"><code>${command}</code></pre>
    <p><button @click=${() => copy(command, 'Command')}>Copy the command</button> <a class="button" href="#/story">Play the account link instead</a></p>
  </div></div>`;
}
