// The data of the help desk, loaded again when it has changed, and what is different from before.
import { get, post, patch, remove, inWorld } from './api.js';
import { attempt } from './ui.js';

const NOUNS = ['customers', 'departments', 'tickets', 'responses'];

// deskData returns the rows of the world by noun, or null until they are loaded. Rows that changed since the last time are in
// data.fresh, as "tickets/3", for a moment.
export function deskData(app) {
  const memory = app.memory;
  if ((memory.stale || !memory.data) && !memory.loading) {
    memory.loading = true;
    memory.stale = false;
    attempt(async () => {
      const state = await get(inWorld(app.world, '/state'));
      if (app.memory !== memory) return;
      const data = { fresh: new Set(), turn: memory.data?.turn === 1 ? 2 : 1, state };
      for (const noun of NOUNS) {
        data[noun] = state[noun] || [];
        const before = memory.data && new Map(memory.data[noun].map((row) => [row.id, JSON.stringify(row)]));
        if (before) for (const row of data[noun]) if (before.get(row.id) !== JSON.stringify(row)) data.fresh.add(`${noun}/${row.id}`);
      }
      memory.data = data;
    }).finally(() => {
      memory.loading = false;
      app.update();
    });
  }
  return memory.data || null;
}

// glow is the class of a row that the last request changed. It alternates, so that a row that changes twice glows twice.
export const glow = (data, noun, id) => (data.fresh.has(`${noun}/${id}`) ? `glow glow${data.turn}` : '');

// addRow, editRow and removeRow change one row of a world. The mock adds what a row needs and nobody wants to type.
export const addRow = (world, noun, values) => post(inWorld(world, `/${noun}`), values);
export const editRow = (world, noun, id, values) => patch(inWorld(world, `/${noun}/${id}`), values);
export const removeRow = (world, noun, id) => remove(inWorld(world, `/${noun}/${id}`));
