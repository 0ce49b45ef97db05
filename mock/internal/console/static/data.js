// What the control API has about the world, loaded again when the world has changed, and what is different from before.
import { get, post, patch, remove, inWorld } from './api.js';

const KEPT = 40; // answers that are kept for the pages
const GLOW = 4000; // ms for which a change is marked

// load returns the answer of a path, loaded: its value, which is null until it is there, and its error. slot names what a
// page shows there: until the answer of a new path is there, the value of the last one is shown. Rows that changed since
// the last answer are in fresh for a moment.
export function load(app, path, slot = path) {
  const memory = app.memory;
  memory.answers ??= new Map();
  memory.slots ??= {};
  const found = memory.answers.get(path) ?? { path, version: -1, value: null, fresh: new Map(), turn: 0 };
  memory.answers.delete(path);
  memory.answers.set(path, found); // the last used one is the last of the map
  if (memory.answers.size > KEPT) memory.answers.delete(memory.answers.keys().next().value);
  const version = memory.version ?? 0;
  if (found.version !== version && !found.loading) {
    found.loading = true;
    get(inWorld(app.world, path)).then((value) => {
      mark(found, value);
      found.value = value;
      found.error = undefined;
    }, (error) => {
      found.error = error;
      if (error.status === 404) found.value = null;
    }).finally(() => {
      found.loading = false;
      found.version = version;
      app.update();
    });
  }
  if (found.value || found.error) memory.slots[slot] = found;
  return found.value || found.error ? found : (memory.slots[slot] ?? found);
}

// rowsOf returns the rows of an answer: those of its array, or the answer itself.
export const rowsOf = (value) => Object.values(value ?? {}).find(Array.isArray) ?? [value];

const changedAt = (row) => row.updated_at || row.created_at || '';

// mark finds the rows that changed. A row that was not in the answer before is new unless there was no room for it.
function mark(found, value) {
  const now = performance.now();
  found.turn = found.turn === 1 ? 2 : 1; // so that what changes twice glows twice
  for (const [id, { at }] of found.fresh) if (now - at >= GLOW) found.fresh.delete(id); // the others glow on
  if (!found.value) return;
  const before = new Map(rowsOf(found.value).map((row) => [row.id, JSON.stringify(row)]));
  const complete = !(found.value.total > before.size);
  const latest = rowsOf(found.value).reduce((max, row) => (changedAt(row) > max ? changedAt(row) : max), '');
  for (const row of rowsOf(value)) {
    const known = before.get(row.id);
    if (known ? known !== JSON.stringify(row) : complete || changedAt(row) >= latest) found.fresh.set(row.id, { at: now, turn: found.turn });
  }
}

// glow is the class of a row that changed a moment ago.
export function glow(found, id) {
  const fresh = found.fresh.get(id);
  return fresh && performance.now() - fresh.at < GLOW ? `glow glow${fresh.turn}` : '';
}

// list returns the path of the rows of a noun that a query asks for.
export const list = (noun, query = {}) => `/${noun}?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '' && value !== undefined))}`;

// addRow, editRow and removeRow change one row of a world. The mock adds what a row needs and nobody wants to type.
export const addRow = (world, noun, values) => post(inWorld(world, `/${noun}`), values);
export const editRow = (world, noun, id, values) => patch(inWorld(world, `/${noun}/${id}`), values);
export const removeRow = (world, noun, id) => remove(inWorld(world, `/${noun}/${id}`));
