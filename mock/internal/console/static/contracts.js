// Contracts: pacts that are recorded from the requests to this world, and provider states.
import { get, inWorld } from './api.js';
import { html, nothing, attempt, fields, pretty } from './ui.js';

export function contracts(app) {
  const memory = app.memory;
  if (!memory.states) {
    memory.states = [];
    attempt(async () => { memory.states = (await get('/_mock/pact/provider-states')).states; app.update(); });
  }
  return html`<section aria-label="Contracts">
    <h1>Contracts</h1>
    <p class="lead">Record a Pact contract of what was sent to world ${app.world}. <code>ticaga-mock pact check</code> and <code>pact verify</code> say whether it holds.</p>
    <form class="tools" @submit=${(event) => {
      event.preventDefault();
      const { consumer } = fields(event.target);
      attempt(async () => {
        memory.pact = await get(inWorld(app.world, `/pact?consumer=${encodeURIComponent(consumer)}`));
        memory.consumer = consumer;
        app.update();
      });
    }}><label><span>Consumer</span><input name="consumer" required placeholder="my-plugin"></label><button class="primary">Record</button></form>
    ${memory.pact ? html`<h2>${memory.pact.interactions.length} interactions</h2>
      <ul>${memory.pact.interactions.map((i) => html`<li>${i.description}</li>`)}</ul>
      ${(memory.pact.metadata['ticaga-mock']?.leftOut || []).map((line) => html`<p class="note">not recorded: ${line}</p>`)}
      <p><a class="button" download href=${inWorld(app.world, `/pact?consumer=${encodeURIComponent(memory.consumer)}`)}>Download</a></p>
      <details><summary>Show the file</summary><pre tabindex="0"><code>${pretty(JSON.stringify(memory.pact))}</code></pre></details>` : nothing}
    <h2>Provider states</h2>
    <div class="wide" tabindex="0"><table><caption class="hidden">Provider states</caption><thead><tr><th scope="col">State</th><th scope="col">Sets</th><th scope="col">Parameters</th></tr></thead>
      <tbody>${memory.states.map((s) => html`<tr><td><code>${s.name}</code></td><td>${s.sets}</td><td>${s.params.map((p) => p.name).join(', ')}</td></tr>`)}</tbody></table></div>
  </section>`;
}
