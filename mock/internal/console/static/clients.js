// Which client sent a request, as far as it can be told.

// tools are clients that say who they are, by the beginning of their User-Agent.
const tools = [[/^curl\//, 'curl'], [/^pact/i, 'Pact verifier'], [/^Mozilla\//, 'browser'], [/^Go-http-client/, 'Go'], [/^GuzzleHttp/, 'Guzzle'], [/^(node|undici)/, 'Node.js']];

// The signs of published plugins, none of which sends a User-Agent. Their requests have been recorded; the first that fits
// decides. A plugin of one's own may do the same, but not by accident: these are its generation's names and headers.
const generations = [
  ['Clientexec 1.0.4', (r) => r.operation === 'syncCustomer' && r.has('X-Admin-Email') && r.scheme === 'bearer'],
  ['Clientexec early', (r) => r.scheme === 'header' && r.accepts === '*/*'],
  ['Blesta 1.0', (r) => r.operation.endsWith('2024')],
  ['Clientexec 1.0.1', (r) => r.body('organize') === 'clientexec' || (r.scheme === 'basic' && r.accepts === '*/*' && r.type.includes('urlencoded'))],
  ['Blesta 2.0', (r) => r.accepts === '*/*' && (r.type.includes('urlencoded') ? r.scheme === 'none' : r.scheme === 'basic' && r.type.includes('json'))],
  ['Blesta after 2.1', (r) => r.scheme === 'bearer' && r.type.includes('json')
    && (r.body('billing_company_id') !== undefined || (['rateTicket', 'closeTicket'].includes(r.operation) && r.body('organize') === 'blesta') || (r.operation === 'linkCustomer' && r.body('billing_system') === 'blesta'))],
  ['Blesta 2.1', (r) => r.scheme === 'bearer' && r.type.includes('json') && (r.body('organize') === 'blesta' || r.body('billing_system') === 'Blesta')],
];

// fields returns the fields of a body, of a form or of JSON.
function fields(text) {
  try {
    return JSON.parse(text) || {};
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

// clientOf returns the name of the client of an exchange: what its User-Agent says, the generation of a published plugin, or
// PHP, whose curl sends no User-Agent. Rows are drawn often, so each exchange is looked at once.
const seen = new WeakMap();
export function clientOf(x) {
  if (!seen.has(x)) seen.set(x, recognise(x));
  return seen.get(x);
}

function recognise(x) {
  const header = x.request.header || {};
  const agent = header['User-Agent']?.[0] || '';
  if (agent) return tools.find(([sign]) => sign.test(agent))?.[1] || agent.split(/[ /]/)[0].slice(0, 20);
  let sent;
  const request = {
    operation: x.operation || '', scheme: x.credentials, accepts: header.Accept?.[0] || '', type: header['Content-Type']?.[0] || '',
    has: (name) => name in header, body: (name) => (sent ??= fields(x.request.body || ''))[name],
  };
  return generations.find(([, fits]) => fits(request))?.[0] || 'PHP';
}
