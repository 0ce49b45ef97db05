// The exchanges of the world that is watched, newest first, and whether the connection is alive.
import { get, inWorld } from './api.js';

const MAX = 10000; // exchanges that the page keeps
const RETRY = 2000; // ms until a stream that was refused is tried again

// The IDs of exchanges restart with the mock; the time tells two lives of it apart.
const key = (x) => `${x.id} ${x.time}`;

export class Feed {
  constructor(world, changed) {
    this.world = world;
    this.changed = changed;
    this.exchanges = [];
    this.known = new Set();
    this.connected = false;
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
    let first = true;
    source.onopen = () => {
      this.set(true);
      if (first) this.load().catch(() => {}); // the stream goes on without it
      first = false;
    };
    source.onerror = () => {
      this.set(false);
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again, after the last event that it has
      this.source = undefined;
      get('/_mock/ready').catch(() => {}); // asks for the token again, if a restart has ended the session
      this.timer = setTimeout(() => this.start(), RETRY);
    };
    source.addEventListener('exchange', (event) => this.add(JSON.parse(event.data)));
    source.addEventListener('gap', (event) => {
      this.missing += JSON.parse(event.data).missing || 0;
      this.changed();
    });
    source.addEventListener('change', () => window.dispatchEvent(new CustomEvent('desk-changed')));
  }

  async load() {
    const { exchanges } = await get(inWorld(this.world, '/journal?limit=1000'));
    if (this.stopped) return;
    const older = exchanges.filter((x) => !this.known.has(key(x)));
    older.forEach((x) => this.known.add(key(x)));
    this.exchanges = [...this.exchanges, ...older].sort((a, b) => (a.time < b.time ? 1 : -1)).slice(0, MAX);
    this.loaded = true;
    this.version++;
    this.changed();
  }

  set(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.changed();
    if (connected) window.dispatchEvent(new CustomEvent('desk-changed')); // what happened meanwhile
  }

  add(exchange) {
    if (this.known.has(key(exchange))) return;
    this.known.add(key(exchange));
    if (exchange.method !== 'GET') window.dispatchEvent(new CustomEvent('desk-changed', { detail: { exchange } }));
    if (this.paused) {
      this.waiting.push(exchange);
      if (this.waiting.length > MAX) this.known.delete(key(this.waiting.shift()));
    } else {
      this.insert(exchange);
    }
    this.changed();
  }

  insert(exchange) {
    this.exchanges.unshift(exchange);
    if (this.exchanges.length > MAX) this.known.delete(key(this.exchanges.pop()));
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
