// The exchanges of the world that is watched, newest first, and whether the connection is alive.
import { get, inWorld } from './api.js';

const MAX = 10000; // exchanges that the page keeps
const RETRY = 2000; // ms until a stream that was refused is tried again

export class Feed {
  constructor(world, changed) {
    this.world = world;
    this.changed = changed;
    this.exchanges = [];
    this.known = new Set(); // IDs
    this.last = 0; // up to this ID, the page has seen everything
    this.connected = false;
    this.gone = false; // whether the mock has no such world
    this.missing = 0;
    this.paused = false;
    this.waiting = [];
    this.version = 0; // grows with every change of exchanges
  }

  // rest closes the stream, and start opens it again. Browsers allow six connections to a server for all tabs together, so
  // tabs that nobody sees hold none.
  rest() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  // start opens the stream first and then loads what came before it, so that nothing is lost in between.
  start() {
    if (this.source || this.stopped) return;
    const source = new EventSource(inWorld(this.world, '/events'));
    this.source = source;
    source.onopen = () => {
      this.gone = false;
      this.set(true);
      this.load();
    };
    source.onerror = () => {
      this.set(false);
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again, after the last event that it has
      this.source = undefined;
      get(inWorld(this.world)).catch(({ status }) => { // asks for the token again, if a restart has ended the session
        this.gone = status === 404;
        this.changed();
      });
      this.timer = setTimeout(() => this.start(), RETRY);
    };
    source.addEventListener('exchange', (event) => {
      const [, life] = event.lastEventId.split('.'); // IDs begin again with each life of the mock
      if (life && this.life && life !== this.life) this.forget();
      this.life = life || this.life;
      this.add(JSON.parse(event.data));
    });
    source.addEventListener('gap', (event) => {
      this.missing += JSON.parse(event.data).missed;
      this.changed();
    });
    source.addEventListener('change', () => {
      this.load(); // the journal may be empty now
      window.dispatchEvent(new CustomEvent('desk-changed'));
    });
  }

  // load fetches what the page does not have, one request at a time.
  async load() {
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    do {
      this.again = false;
      await this.fetch().catch(() => {}); // the stream goes on without it
    } while (this.again && !this.stopped);
    this.loading = false;
  }

  async fetch() {
    const { last } = this;
    const before = this.find(last);
    const { exchanges, last_id: lastID, dropped } = await get(inWorld(this.world, `/journal?since=${Math.max(0, last - 1)}&limit=${MAX}`));
    if (this.stopped) return;
    const same = exchanges.find((x) => x.id === last);
    if (lastID < last || (same && before && before.time !== same.time)) { // the mock has restarted
      this.forget();
      this.again = true;
      return;
    }
    if (!same && dropped === 0) { // the journal was emptied
      const first = exchanges.at(-1)?.id ?? lastID + 1;
      this.exchanges = this.exchanges.filter((x) => x.id >= first);
      this.waiting = this.waiting.filter((x) => x.id >= first);
    }
    const older = exchanges.filter((x) => !this.known.has(x.id));
    older.forEach((x) => this.known.add(x.id));
    if (this.paused && this.loaded) this.waiting = [...this.waiting, ...older].sort((a, b) => a.id - b.id);
    else this.exchanges = [...this.exchanges, ...older].sort((a, b) => b.id - a.id).slice(0, MAX);
    this.last = Math.max(this.last, lastID);
    this.loaded = true;
    this.version++;
    this.changed();
  }

  // forget drops everything, because the mock has restarted.
  forget() {
    this.restarted = this.restarted || this.last > 0;
    this.known.clear();
    this.last = 0;
    this.clear();
  }

  set(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.changed();
    if (connected) window.dispatchEvent(new CustomEvent('desk-changed')); // what happened meanwhile
  }

  add(exchange) {
    if (this.known.has(exchange.id)) return;
    this.known.add(exchange.id);
    if (exchange.id === this.last + 1) this.last++;
    if (exchange.method !== 'GET') window.dispatchEvent(new CustomEvent('desk-changed', { detail: { exchange } }));
    if (this.paused) {
      this.waiting.push(exchange);
      if (this.waiting.length > MAX) this.known.delete(this.waiting.shift().id);
    } else {
      this.insert(exchange);
    }
    this.changed();
  }

  insert(exchange) {
    this.exchanges.unshift(exchange);
    if (this.exchanges.length > MAX) this.known.delete(this.exchanges.pop().id);
    this.version++;
  }

  pause(paused) {
    this.paused = paused;
    if (!paused) {
      this.waiting.forEach((x) => this.insert(x));
      this.waiting = [];
    }
    this.changed();
  }

  clear() {
    this.exchanges = [];
    this.waiting = [];
    this.missing = 0;
    this.version++;
    this.changed();
  }

  find(id) {
    return this.exchanges.find((x) => x.id === id);
  }

  stop() {
    this.stopped = true;
    this.rest();
  }
}
