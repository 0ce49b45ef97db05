// Forms that say at each field what is wrong with it, and buttons that ask before they delete.
import { html, nothing, attempt, say } from './ui.js';

// submit runs the action of a form with its values. The sentences of a refusal that begin with the name of a field, such as
// "email: customer 1 has this e-mail address", are shown at the field, others above the form.
export async function submit(app, form, key, action) {
  app.memory.refused = undefined;
  try {
    await action();
  } catch (error) {
    const refused = { key, fields: {}, others: [] };
    for (const line of error.message.split('\n')) {
      const [, name, said] = /^([a-z_]+)(?:\/[^:]*| "[^"]*"| -?[\d.]+)?: (.*)$/.exec(line) ?? /^the body: ([a-z_]+) (has .*)$/.exec(line) ?? [];
      if (name && form.elements.namedItem(name)) refused.fields[name] = said;
      else refused.others.push(line);
    }
    app.memory.refused = refused;
    app.afterwards = () => (form.querySelector('[aria-invalid="true"]') ?? form.querySelector('[role="alert"]'))?.focus();
  }
  app.update();
}

const frames = [(content) => html`<div>${content}</div>`, (content) => html`<div class="other">${content}</div>`];

// fresh shows content that belongs to a key in elements of its own: what was typed for another key is not in them.
export function fresh(app, key, content) {
  const { memory } = app;
  if (memory.freshKey !== key) memory.turn = memory.turn === 1 ? 0 : 1;
  memory.freshKey = key;
  return frames[memory.turn](content);
}

// refusal shows what is wrong with no field of a form.
export const refusal = (app, key) => (app.memory.refused?.key === key && app.memory.refused.others.length
  ? html`<p class="note bad" role="alert" tabindex="-1">${app.memory.refused.others.join('\n')}</p>` : nothing);

// said returns what is wrong with a field, or ''.
export const said = (app, key, name) => (app.memory.refused?.key === key && app.memory.refused.fields[name]) || '';

// fieldError shows what is wrong with a field.
export const fieldError = (app, key, name) => (said(app, key, name) ? html`<span class="wrong" id=${`${key}-${name}`}>${said(app, key, name)}</span>` : nothing);

// confirmed is a button that asks before it acts. what names the thing, such as "customer 8".
export function confirmed(app, what, action, words = 'Delete') {
  const key = `${words} ${what}`;
  const ask = (value) => { app.memory.asked = value; app.update(); };
  if (app.memory.asked !== key) return html`<button type="button" class="small danger" aria-label=${key} @click=${(event) => {
    const parent = event.currentTarget.parentElement;
    ask(key);
    app.afterwards = () => parent.querySelector('.sure')?.focus();
  }}>${words}</button>`;
  return html`<button type="button" class="small danger sure" aria-label=${`Yes, ${words.toLowerCase()} ${what}`} @click=${() => attempt(async () => {
    app.memory.asked = undefined;
    await action();
    say(`${words === 'Delete' ? 'Deleted' : 'Done'}: ${what}`);
    app.update();
  })}>Yes, ${words.toLowerCase()}</button> <button type="button" class="small" @click=${() => ask(undefined)}>Keep</button>`;
}
