// Which published plugin sends a request, as far as it can be told.

// clientOf returns the name of the client of an exchange; "" if it is unknown. Plugins send no name of their own: what they ask
// for tells their generation, and the User-Agent tells the tool.
export function clientOf(x) {
  const agent = (x.request.header?.['User-Agent'] || [''])[0];
  const body = x.request.body || '';
  if (/^curl\//.test(agent)) return 'curl';
  if (/^pact/i.test(agent)) return 'Pact verifier';
  if (/Mozilla\//.test(agent)) return 'browser';
  if (/^Go-http-client/.test(agent)) return 'Go';
  if (/2024$/.test(x.operation || '')) return 'plugin of 2024';
  const system = /organize["=:]+\s*"?([a-z]+)/i.exec(body)?.[1] || /billing_system["=:]+\s*"?([a-z]+)/i.exec(body)?.[1];
  if (system) return `${system} plugin`;
  if (agent === '') return 'PHP';
  return agent.split(/[ /]/)[0].slice(0, 20);
}
