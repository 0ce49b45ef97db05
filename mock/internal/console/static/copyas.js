// An exchange as code that sends its request. Secrets are not in the journal: the code reads them from its environment.

const skipped = new Set(['Host', 'Content-Length', 'Authorization', 'User-Agent', 'Accept-Encoding', 'Connection', 'Origin', 'Referer', 'Cookie']);

function headersOf(x) {
  const list = Object.entries(x.request.header || {}).filter(([name]) => !skipped.has(name) && !name.startsWith('Sec-')).map(([name, values]) => [name, values.join(', ')]);
  return list;
}

const target = (base, x) => base + x.path + (x.query ? '?' + x.query : '');
const shell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
const php = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export function asCurl(base, x) {
  const parts = [`curl -X ${shell(x.method)} ${shell(target(base, x))}`];
  if (x.credentials !== 'none') parts.push(`-H "Authorization: Bearer \${TICAGA_TOKEN:-demo-token}"`);
  for (const [name, value] of headersOf(x)) parts.push(`-H ${shell(`${name}: ${value}`)}`);
  if (x.request.body) parts.push(`--data-binary ${shell(x.request.body)}`);
  return parts.join(' \\\n  ');
}

export function asPHP(base, x) {
  const headers = headersOf(x).map(([name, value]) => `    ${php(`${name}: ${value}`)},`);
  if (x.credentials !== 'none') headers.push(`    'Authorization: Bearer ' . (getenv('TICAGA_TOKEN') ?: 'demo-token'),`);
  return `<?php
$curl = curl_init(${php(target(base, x))});
curl_setopt($curl, CURLOPT_CUSTOMREQUEST, ${php(x.method)});
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
curl_setopt($curl, CURLOPT_HTTPHEADER, [
${headers.join('\n')}
]);
${x.request.body ? `curl_setopt($curl, CURLOPT_POSTFIELDS, ${php(x.request.body)});\n` : ''}$answer = curl_exec($curl);
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
`;
}

export function asGo(base, x) {
  const body = x.request.body ? `strings.NewReader(${JSON.stringify(x.request.body)})` : 'nil';
  const headers = headersOf(x).map(([name, value]) => `request.Header.Set(${JSON.stringify(name)}, ${JSON.stringify(value)})`);
  if (x.credentials !== 'none') headers.push('request.Header.Set("Authorization", "Bearer "+os.Getenv("TICAGA_TOKEN"))');
  return `request, err := http.NewRequest(${JSON.stringify(x.method)}, ${JSON.stringify(target(base, x))}, ${body})
if err != nil {
	return err
}
${headers.join('\n')}
response, err := http.DefaultClient.Do(request)
`;
}

// asPact is an interaction without provider states, for an exchange that cannot be recorded.
export function asPact(x) {
  const side = (part) => ({ ...(part.body ? { body: { content: parsed(part.body), contentType: (part.header?.['Content-Type'] || ['application/json'])[0], encoded: false } } : {}) });
  return {
    type: 'Synchronous/HTTP',
    description: `${x.operation || x.method} is answered with ${x.status}`,
    request: { method: x.method, path: x.path.replace(/^\/w\/[^/]+/, ''), headers: Object.fromEntries(headersOf(x).map(([name, value]) => [name, [value]])), ...side(x.request) },
    response: { status: x.status, ...side(x.response) },
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// asFixture is the row that an exchange is about, for a file of fixtures: as it is now, or as it was answered.
export async function asFixture(x, row) {
  const noun = /\/api\/(customers|tickets|responses|departments)\//.exec(x.path)?.[1];
  const answer = parsed(x.response.body || '') || {};
  const id = { customers: answer.user?.id, tickets: answer.id?.id ?? answer.tickets?.id, departments: answer.department?.id }[noun] ?? parsed(x.request.body || '')?.[noun === 'customers' ? 'ticaga_id' : 'ticket_id'];
  const found = id ? await row(noun, id).catch(() => null) : null;
  return JSON.stringify([found ?? answer].flat(), null, 2);
}
