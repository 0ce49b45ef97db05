// The console: which page is shown, for which world.
import { render } from './vendor/lit-html.js';
import { get, post, credentials, loadCredentials, baseURL } from './api.js';
import { html, nothing, attempt, fields } from './ui.js';
import { Feed } from './store.js';
import { live } from './live.js';
import { desk } from './desk.js';
import { reference } from './reference.js';
import { story } from './story.js';
import { state } from './state.js';
import { worlds } from './worlds.js';
import { faults } from './faults.js';
import { contracts } from './contracts.js';

// The pages, by the first part of the address behind #/.
const pages = {
  live: ['Live', live],
  desk: ['Help desk', desk],
  api: ['Try it', reference],
  story: ['Account link', story],
  state: ['State', state],
  worlds: ['Worlds', worlds],
  faults: ['Faults', faults],
  contracts: ['Contracts', contracts],
};

// decoded returns a part of an address, which anybody may have written.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

class App {
  constructor() {
    this.world = new URLSearchParams(location.search).get('world') || sessionStorage.getItem('world') || 'default';
    this.known = ['default'];
    this.memory = {}; // what pages remember while another one is shown
    window.addEventListener('hashchange', () => this.moved());
    window.addEventListener('unauthorized', () => this.lock());
    window.addEventListener('resize', () => this.update()); // rows have another height on a narrow screen
    document.addEventListener('visibilitychange', () => (document.hidden ? this.feed?.rest() : this.feed?.start()));
    window.addEventListener('pagehide', () => this.feed?.rest());
    window.addEventListener('pageshow', () => this.feed?.start());
    window.addEventListener('desk-changed', (event) => {
      if (!event.detail?.exchange) this.credentialsOld = true; // the API changes no staff
      this.deskChanged();
    });
  }

  async start() {
    try {
      this.session = (await get('/_mock/login')).active;
      await this.loadWorlds();
    } catch (error) {
      if (error.status !== 401) this.failure = error.message;
    }
    this.watch();
    this.moved();
  }

  async loadWorlds() {
    const { worlds } = await get('/_mock/worlds');
    this.worlds = worlds;
    this.known = worlds.map((w) => w.name);
    if (!this.known.includes(this.world)) this.world = 'default';
  }

  watch() {
    this.credentialsOld = true;
    this.feed?.stop();
    this.feed = new Feed(this.world, () => this.update());
    this.feed.start();
  }

  enter(world) {
    this.world = world;
    sessionStorage.setItem('world', world);
    this.memory = {};
    this.watch();
    this.deskChanged();
    this.update();
  }

  base() { return baseURL(this.world); }

  // credentials are what pages show. They are loaded for the first page that shows them, and again after a change.
  get credentials() {
    if (this.credentialsOld) {
      this.credentialsOld = false;
      loadCredentials(this.world).then(() => this.update()).catch(() => {}); // whoever sends them asks again, and shows why not
    }
    return credentials(this.world);
  }

  // logout ends the session, and forgets all that the page has loaded.
  async logout() {
    await post('/_mock/logout');
    location.reload();
  }

  lock() {
    this.feed?.stop();
    this.locked = true;
    this.update();
  }

  // go shows an address, and then does something with the page.
  go(hash, afterwards) {
    location.hash = hash;
    this.moved(); // the event comes later, perhaps after the next frame
    this.afterwards = afterwards;
  }

  // deskChanged loads the data again: at once, and then once for all changes of a moment.
  deskChanged() {
    this.memory.version = (this.memory.version ?? 0) + 1;
    if (this.timer) {
      this.more = true;
      return;
    }
    this.update();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.more) this.update();
      this.more = false;
    }, 50);
  }

  moved() {
    const [, page = '', ...rest] = location.hash.split('/');
    const before = this.page;
    this.page = pages[page] ? page : 'live'; // also for #/exchange/ID, to which answers of the API link
    this.rest = rest.map(decoded);
    document.title = `${pages[this.page][0]} – ticaga-mock`;
    this.update();
    if (before && before !== this.page) document.querySelector('main')?.focus();
    if (before && (before !== this.page || this.page === 'api')) window.scrollTo(0, 0);
  }

  update() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      render(this.locked ? this.login() : this.frame(), document.body);
      this.showInMenu();
      const next = this.afterwards;
      this.afterwards = undefined;
      next?.();
    });
  }

  // showInMenu moves the menu, which is wider than a narrow screen, to the page.
  showInMenu() {
    const nav = document.querySelector('header nav');
    if (!nav || this.inMenu === this.page) return;
    this.inMenu = this.page;
    const link = nav.querySelector('[aria-current]');
    nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  }

  frame() {
    const connected = this.feed?.connected;
    const query = this.world === 'default' ? '' : `?world=${encodeURIComponent(this.world)}`;
    return html`
      <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); document.querySelector('main').focus(); }}>Skip to the page</a>
      <header class="bar">
        <a class="brand" href="#/live"><img src="/_mock/ui/icon.svg" alt=""> ticaga-mock</a>
        <nav aria-label="Pages">${Object.entries(pages).map(([name, [title]]) =>
          html`<a href=${`#/${name}`} aria-current=${name === this.page ? 'page' : nothing}>${title}</a>`)}
          <a href="/_mock/explain${query}">Violations</a> <a href="/_mock/${query}">Control API</a></nav>
        <label class="world"><span>World</span>
          <select @change=${(event) => this.enter(event.target.value)}>
            ${this.known.map((name) => html`<option value=${name} .selected=${name === this.world}>${name}</option>`)}
          </select></label>
        ${this.session ? html`<button class="small" @click=${() => attempt(() => this.logout())}>Log out</button>` : nothing}
        <span class="connection ${connected ? 'good' : 'bad'}" role="status">${connected ? 'connected' : 'not connected'}</span>
      </header>
      ${this.failure ? html`<p class="note bad" role="alert">${this.failure}</p>` : nothing}
      ${this.feed?.gone ? html`<p class="note bad" role="alert">There is no world ${this.world} any more. The page shows it again when a request has created it. <button class="small" @click=${() => this.enter('default')}>Watch default</button></p>` : nothing}
      <main id="main" tabindex="-1">${pages[this.page][1](this, this.rest)}</main>
      <div id="messages" aria-live="polite"></div>`;
  }

  login() {
    return html`<main id="main" class="login" tabindex="-1">
      <h1>ticaga-mock</h1>
      <form class="stack" @submit=${(event) => {
        event.preventDefault();
        const { token } = fields(event.target);
        attempt(async () => {
          await post('/_mock/login', { token });
          this.locked = false;
          await this.start();
        });
      }}>
        <p class="lead">This mock can be reached from other machines, so it asks for its control token. It printed the token when it started.</p>
        <label><span>Control token</span><input name="token" type="password" autocomplete="current-password" required autofocus></label>
        <button class="primary">Log in</button>
      </form>
      <div id="messages" aria-live="polite"></div>
    </main>`;
  }
}

new App().start();
