// The account link of Ticaga's documentation, step by step, with the requests that a plugin sends.
import { call } from './api.js';
import { html, nothing, badge, code, statusClass, attempt } from './ui.js';

// What can happen, with the customer, the e-mail address that the billing system has, and whether the plugin sends credentials.
const endings = {
  success: { title: 'It works', customer: 8, email: 'jane.roe@example.com', text: 'The e-mail addresses are the same, so the plugin links the account.' },
  mismatch: { title: 'Another e-mail address', customer: 8, email: 'somebody@example.com', text: 'The addresses differ. The plugin must not link the account of somebody else.' },
  unknown: { title: 'An unknown customer', customer: 99, email: 'jane.roe@example.com', text: 'Ticaga has no customer 99. The documented answer is "User not authenticated", which does not mean that the credentials are wrong.' },
  anonymous: { title: 'A plugin without credentials', customer: 8, email: 'jane.roe@example.com', anonymous: true, text: 'One published plugin sent its POST requests without credentials. Look at the answer, and at what the mock says about it in Live.' },
};

const billing = { billing_id: 42, billing_system: 'blesta' };

// userOf returns the customer of an answer; undefined if it has none, as with a fault.
function userOf({ status, text }) {
  try {
    return status === 200 ? JSON.parse(text).user : undefined;
  } catch {
    return undefined;
  }
}

async function play(app, ending) {
  const steps = [];
  const show = () => { app.memory.story = { ...app.memory.story, steps: [...steps] }; app.update(); };
  const send = async (title, method, path, options) => {
    const answer = await call(app.world, method, path, options);
    steps.push({ title, answer });
    show();
    return answer;
  };
  const info = await send('Ask for the customer', 'GET', `/api/customers/get/${ending.customer}`, {});
  const user = userOf(info);
  if (!user) {
    const unknown = [401, 404].includes(info.status);
    steps.push({ title: unknown ? 'Stop: there is no such customer' : 'Stop: the answer is not a customer', verdict: 'warn' });
    return show();
  }
  const same = user.email.toLowerCase() === ending.email.toLowerCase();
  steps.push({ title: `Compare the e-mail addresses: ${user.email} and ${ending.email}`, verdict: same ? 'good' : 'warn' });
  if (!same) {
    steps.push({ title: 'Stop: it may be somebody else', verdict: 'warn' });
    return show();
  }
  show();
  const assigned = await send('Assign the billing ID', 'POST', '/api/customers/assign', { body: JSON.stringify({ ticaga_id: ending.customer, ...billing }), scheme: ending.anonymous ? 'none' : undefined });
  if (assigned.status === 200) {
    steps.push({ title: `Store customer ${ending.customer} in the billing system: the accounts are linked`, verdict: 'good' });
  } else {
    steps.push({ title: 'Stop: the link was refused. A plugin that reports a success now is wrong', verdict: 'bad' });
  }
  return show();
}

const step = (s) => html`<li><h2>${s.title} ${s.verdict ? badge(s.verdict, { good: 'go on', warn: 'stop', bad: 'refused' }[s.verdict]) : nothing}</h2>
  ${s.answer ? html`<div class="sides">
    <div>
      <p class="first"><code>${s.answer.sent.method} ${s.answer.sent.path}</code><br>
        <span class="quiet">${s.answer.sent.scheme === 'none' ? 'without credentials' : 'with its API token'}</span></p>
      ${s.answer.sent.body ? code(s.answer.sent.body) : nothing}</div>
    <div><p>${badge(statusClass(s.answer.status), s.answer.status)}</p>${code(s.answer.text)}</div>
  </div>` : nothing}</li>`;

// The address names the ending, so that a link to it plays it.
export function story(app, [name]) {
  const ending = endings[name];
  if (ending && app.memory.story?.name !== name) {
    app.memory.story = { name, steps: [] };
    attempt(() => play(app, ending));
  }
  const playing = ending ? app.memory.story : null;
  return html`<section class="story" aria-label="The account link">
    <h1>The account link</h1>
    <p class="lead">A plugin links a customer of the billing system to a customer of the help desk: it asks for the customer, compares the e-mail
      addresses, assigns the billing ID, and stores the link. Choose how it ends. The requests are real: they also appear in <a href="#/live">Live</a>.</p>
    <nav class="endings" aria-label="Endings">${Object.entries(endings).map(([key, one]) => html`<a href=${`#/story/${key}`} aria-current=${key === name ? 'true' : nothing}
      @click=${() => { if (key === name) { app.memory.story = null; app.update(); } }}><strong>${one.title}</strong> ${one.text}</a>`)}</nav>
    ${playing ? html`<ol class="steps" aria-live="polite">${playing.steps.map(step)}</ol>` : nothing}
  </section>`;
}
