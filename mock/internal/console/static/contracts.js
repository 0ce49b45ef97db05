// Contracts: what pact check says about the known pacts, an uploaded one, and one recorded from the requests to this world.
import { get, post, inWorld } from './api.js';
import { html, nothing, attempt, badge, fields, pretty, counted } from './ui.js';
import { submit, refusal } from './forms.js';

const MAX = 1 << 20; // bytes that the control API accepts

export function contracts(app) {
  const memory = app.memory;
  if (!memory.states) {
    memory.states = [];
    memory.pacts = [];
    attempt(async () => {
      [{ states: memory.states }, { pacts: memory.pacts }] = await Promise.all([get('/_mock/pact/provider-states'), get('/_mock/pacts')]);
      app.update();
    });
  }
  return html`<section aria-label="Contracts">
    <h1>Contracts</h1>
    <p class="lead">A Pact contract says which requests a plugin sends and what it needs of the answers. Here it is checked as by <code>ticaga-mock pact check</code>; <code>ticaga-mock pact verify</code> sends the requests too.</p>
    <div class="halves">${upload(app)}${recorder(app)}</div>
    <h2>Known pacts</h2>
    <div class="wide" tabindex="0"><table><caption class="hidden">Pacts of the published clients</caption>
      <thead><tr><th scope="col">File</th><th scope="col">Consumer</th><th scope="col">Interactions</th><th scope="col">Verdict</th></tr></thead>
      <tbody>${memory.pacts.map((p) => html`<tr><td><code>${p.file}</code></td><td>${p.consumer}</td><td>${p.interactions}</td>
        <td>${p.findings.length ? html`<details><summary>${verdict(p)}</summary>${findings(p)}</details>` : verdict(p)}</td></tr>`)}</tbody></table></div>
    <h2>Provider states</h2>
    <div class="wide" tabindex="0"><table><caption class="hidden">Provider states</caption><thead><tr><th scope="col">State</th><th scope="col">Sets</th><th scope="col">Parameters</th></tr></thead>
      <tbody>${memory.states.map((s) => html`<tr><td><code>${s.name}</code></td><td>${s.sets}</td><td>${s.params.map((p) => p.name).join(', ')}</td></tr>`)}</tbody></table></div>
  </section>`;
}

const total = (p) => p.findings.length + p.left_out;
const verdict = (p) => {
  const errors = p.findings.filter((f) => f.violation.severity === 'error').length;
  if (!total(p)) return badge('good', 'no findings');
  return errors ? badge('bad', p.left_out ? `${total(p)} findings` : counted(errors, 'error') + (total(p) > errors ? `, ${counted(total(p) - errors, 'warning')}` : '')) : badge('warn', counted(total(p), 'warning'));
};

const findings = (p) => html`<ul class="violations">${p.findings.map(({ line, column, pointer, interaction, violation: v }) => html`<li class="violation ${v.severity}">
    <p><code>${line}:${column}</code> ${badge(v.severity === 'error' ? 'bad' : 'warn', v.code || v.in)} <bdi>${(interaction || '').slice(0, 300)}</bdi></p>
    <h3><bdi>${v.message.slice(0, 1000)}</bdi></h3>
    ${v.expected || v.got ? html`<p class="quiet">Expected <bdi>${(v.expected || '').slice(0, 500)}</bdi>, got <bdi>${(v.got || '').slice(0, 500)}</bdi></p>` : nothing}
    <p class="fix"><bdi>${v.fix.slice(0, 1000)}</bdi></p><p class="quiet"><code>${pointer.slice(0, 300)}</code></p></li>`)}</ul>
  ${p.left_out ? html`<p class="quiet">${counted(p.left_out, 'more finding')}; <code>ticaga-mock pact check</code> prints all of them.</p>` : nothing}`;

const result = (name, p) => html`<div class="result" role="status"><p><strong><bdi>${name}</bdi></strong>: ${counted(p.interactions, 'interaction')} of <bdi>${p.consumer.slice(0, 200)}</bdi> ${verdict(p)}</p>${findings(p)}</div>`;

// upload sends a file as it is, so that lines and columns are those of the file.
async function check(app, file) {
  if (file.size > MAX) throw new Error(`${file.name} has ${(file.size / MAX).toFixed(1)} MiB. The console checks pacts of at most 1 MiB; use ticaga-mock pact check.`);
  const response = await fetch('/_mock/pact/check', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: file });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail.replaceAll('"the body"', file.name).replace('the body:', `${file.name}:`));
  app.memory.checked = { name: file.name, answer };
}

const upload = (app) => html`<section class="card"><h2>Check a pact</h2>
  <form class="tools"><label class="button">Choose a file <input class="hidden" name="pact" type="file" accept=".json" @change=${(event) => {
    const input = event.target;
    const [file] = input.files;
    if (!file) return;
    app.memory.checked = undefined;
    submit(app, input.form, 'pact', () => check(app, file)).finally(() => { input.value = ''; });
  }}></label></form>
  ${refusal(app, 'pact')}
  ${app.memory.checked ? result(app.memory.checked.name, app.memory.checked.answer) : html`<p class="quiet">The JSON file that the consumer tests of a plugin write. It is not kept.</p>`}
</section>`;

function recorder(app) {
  const { memory } = app;
  return html`<section class="card"><h2>Record a pact</h2>
    <form class="tools" @submit=${(event) => {
      event.preventDefault();
      const { consumer } = fields(event.target);
      submit(app, event.target, 'record', async () => {
        memory.pact = undefined;
        const pact = await get(inWorld(app.world, `/pact?consumer=${encodeURIComponent(consumer)}`));
        memory.verdict = await post('/_mock/pact/check', pact);
        memory.pact = pact;
        memory.consumer = consumer;
      });
    }}><label><span>Consumer</span><input name="consumer" required autocomplete="off" placeholder="my-plugin"></label><button class="primary">Record</button></form>
    ${refusal(app, 'record')}
    ${memory.pact ? html`<h3>${counted(memory.pact.interactions.length, 'interaction')} ${verdict(memory.verdict)}</h3>
      <ul>${memory.pact.interactions.map((i) => html`<li><bdi>${i.description}</bdi></li>`)}</ul>
      ${(memory.pact.metadata['ticaga-mock']?.leftOut || []).map((line) => html`<p class="note">not recorded: ${line}</p>`)}
      <p><a class="button" download=${`${memory.consumer}-ticaga.json`} href=${inWorld(app.world, `/pact?consumer=${encodeURIComponent(memory.consumer)}`)}>Download</a></p>
      <details><summary>Show the file</summary><pre tabindex="0"><code>${pretty(JSON.stringify(memory.pact))}</code></pre></details>` : html`<p class="quiet">Of what was sent to world ${app.world} and what it answered.</p>`}
  </section>`;
}
