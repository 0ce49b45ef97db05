// An exchange as code that sends its request again. The journal has no secrets: the code takes the token from its
// environment, or the one that works in the world. Whatever a client sent stands in quotes that it cannot leave.
import { utf8, base64 } from './api.js';

// What the tools add by themselves, or what belongs to the connection.
const skipped = new Set(['Host', 'Content-Length', 'Authorization', 'X-Api-Token', 'User-Agent', 'Accept-Encoding', 'Connection', 'Keep-Alive', 'Origin', 'Referer',
  'Cookie', 'Expect', 'Te', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Priority', 'Dnt']);

// Characters that are invisible, change the order of others, or are lost on the way through a clipboard or a terminal.
const odd = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const allOdd = new RegExp(odd.source, 'g');
const hex = (byte) => byte.toString(16).padStart(2, '0');
const escaped = (text) => text.replace(allOdd, (c) => Array.from(utf8(c), (byte) => `\\x${hex(byte.charCodeAt(0))}`).join(''));

// shell returns one word for bash and zsh.
export function shell(text) {
  if (!odd.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${escaped(text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('!', '\\x21'))}'`;
}

// php returns a string literal of PHP.
export function php(text) {
  if (!odd.test(text)) return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return `"${escaped(text.replace(/[\\"$]/g, '\\$&'))}"`;
}

// go returns a string literal of Go.
export function go(text) {
  if (/["\\]/.test(text) && !text.includes('`') && !odd.test(text)) return `\`${text}\``;
  return JSON.stringify(text).replace(allOdd, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// ownHeaders returns the headers that the client chose, but its credentials.
export const ownHeaders = (x) => Object.entries(x.request.header || {}).filter(([name]) => !skipped.has(name) && !name.startsWith('Sec-') && !name.startsWith('Proxy-')
  && !(x.credentials === 'header' && name === 'X-Admin-Email'));

// requestOf returns what the code sends, and what people have to know about it.
function requestOf(base, x, c) {
  const header = x.request.header || {};
  const notes = [];
  let body = x.request.body || '';
  if (body.startsWith('[not shown: ')) {
    notes.push('The journal could not decode the body, so the body is not here.');
    body = '';
  }
  if (body.startsWith('{') && /urlencoded|form-data/.test(header['Content-Type'])) notes.push('The form contained a secret, and the journal shows such a form as JSON.');
  if (x.request.truncated) notes.push('The body was longer: the journal keeps its first 16 KiB, and this sends only them.');
  const headers = ownHeaders(x).flatMap(([name, values]) => values.map((value) => [name, value]));
  const url = base + x.path + (x.query ? '?' + x.query : '');
  if ([url, body, ...headers.flat()].some((text) => /(\[|%5b)redacted(\]|%5d)/i.test(text))) notes.push('The journal has [redacted] instead of a secret. Put it in.');
  const refused = (x.violations || []).some((v) => v.severity === 'error' && v.code.startsWith('TM-AUTH-'));
  if (x.credentials !== 'none' && refused) notes.push('The credentials that were sent were refused, and the journal does not have them. These work.');
  if (x.credentials === 'none' && header.Authorization) notes.push('The header Authorization that was sent was no credentials, and the journal does not have it.');
  const named = x.world && x.world !== 'default' && !url.includes(`/w/${x.world}/`); // then the token names the world
  return { url, body, headers, notes, scheme: x.credentials, email: c.email, token: c.token + (named ? `@${x.world}` : ''), accepts: 'Accept' in header, typed: 'Content-Type' in header };
}

const plain = /^[\w.|@:+=~-]+$/; // what can stand in double quotes of a shell

export function asCurl(base, x, c) {
  const r = requestOf(base, x, c);
  const secret = (before) => (plain.test(before.replace(': ', '').replace(' ', '')) && plain.test(r.token) ? `"${before}\${TICAGA_TOKEN:-${r.token}}"` : shell(before + r.token));
  const head = x.method === 'HEAD' ? '-I ' : x.method === 'GET' && !r.body ? '' : `-X ${/^[A-Z]+$/.test(x.method) ? x.method : shell(x.method)} `;
  const parts = [`curl ${head}${/[[\]{}]/.test(r.url) ? '--globoff ' : ''}${/\/\.\.?(\/|$)/.test(x.path) ? '--path-as-is ' : ''}${shell(r.url)}`];
  if (r.scheme === 'bearer') parts.push(`-H ${secret('Authorization: Bearer ')}`);
  if (r.scheme === 'basic') parts.push(`-u ${secret(`${r.email}:`)}`);
  if (r.scheme === 'header') parts.push(`-H ${shell(`X-Admin-Email: ${r.email}`)}`, `-H ${secret('X-API-Token: ')}`);
  for (const line of headerLines(r)) parts.push(`-H ${shell(line)}`);
  if (r.body) parts.push(`--data-raw ${shell(r.body)}`);
  return [...r.notes.map((note) => `# ${note}`), parts.join(' \\\n  ')].join('\n');
}

// headerLines returns headers as libcurl reads them: a semicolon for an empty one, and a colon alone for one that it would add.
function headerLines(r) {
  const lines = r.headers.map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`));
  if (!r.accepts) lines.push('Accept:');
  if (r.body && !r.typed) lines.push('Content-Type:');
  return lines;
}

export function asPHP(base, x, c) {
  const r = requestOf(base, x, c);
  const lines = headerLines(r).map(php);
  if (r.scheme === 'bearer') lines.push(`'Authorization: Bearer ' . $token`);
  if (r.scheme === 'header') lines.push(php(`X-Admin-Email: ${r.email}`), `'X-API-Token: ' . $token`);
  const options = [`CURLOPT_CUSTOMREQUEST => ${php(x.method)}`, 'CURLOPT_RETURNTRANSFER => true'];
  if (x.method === 'HEAD') options.push('CURLOPT_NOBODY => true');
  if (/\/\.\.?(\/|$)/.test(x.path)) options.push('CURLOPT_PATH_AS_IS => true');
  if (r.scheme === 'basic') options.push(`CURLOPT_USERPWD => ${php(`${r.email}:`)} . $token`);
  options.push(`CURLOPT_HTTPHEADER => [\n${lines.map((line) => `        ${line},\n`).join('')}    ]`);
  if (r.body) options.push(`CURLOPT_POSTFIELDS => ${php(r.body)}`);
  return `<?php
${r.notes.map((note) => `// ${note}\n`).join('')}${r.scheme === 'none' ? '' : `$token = getenv('TICAGA_TOKEN') ?: ${php(r.token)};\n`}$curl = curl_init(${php(r.url)});
curl_setopt_array($curl, [
${options.map((option) => `    ${option},\n`).join('')}]);
$answer = curl_exec($curl);
if ($answer === false) {
    throw new RuntimeException(curl_error($curl));
}
echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), "\\n", $answer, "\\n";
`;
}

export function asGo(base, x, c) {
  const r = requestOf(base, x, c);
  const authorize = {
    bearer: '\trequest.Header.Set("Authorization", "Bearer "+token)\n',
    basic: `\trequest.SetBasicAuth(${go(r.email)}, token)\n`,
    header: `\trequest.Header.Set("X-Admin-Email", ${go(r.email)})\n\trequest.Header.Set("X-API-Token", token)\n`,
  }[r.scheme] || '';
  const imports = ['fmt', 'io', 'log', 'net/http', ...(authorize ? ['os'] : []), ...(r.body ? ['strings'] : [])];
  return `package main

import (
${imports.map((name) => `\t"${name}"\n`).join('')})

func main() {
${r.notes.map((note) => `\t// ${note}\n`).join('')}${authorize ? `\ttoken := os.Getenv("TICAGA_TOKEN")
	if token == "" {
		token = ${go(r.token)}
	}
` : ''}	request, err := http.NewRequest(${go(x.method)}, ${go(r.url)}, ${r.body ? `strings.NewReader(${go(r.body)})` : 'nil'})
	if err != nil {
		log.Fatal(err)
	}
${authorize}${r.headers.map(([name, value]) => `\trequest.Header.Add(${go(name)}, ${go(value)})\n`).join('')}	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	fmt.Println(string(answer))
}
`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// asPact is an interaction of version 4 without provider states, for an exchange that the mock cannot record; why says so.
export function asPact(base, x, c, why) {
  const r = requestOf(base, x, c);
  const media = (part, otherwise) => (part.header?.['Content-Type'] || [otherwise])[0];
  const body = (text, contentType) => {
    const content = /json/.test(contentType) ? parsed(text) : undefined;
    return text ? { body: { content: content ?? text, contentType, encoded: false } } : {};
  };
  const header = {};
  for (const [name, value] of r.headers) (header[name] ??= []).push(value);
  if (r.scheme === 'bearer') header.Authorization = [`Bearer ${r.token}`];
  if (r.scheme === 'basic') header.Authorization = [`Basic ${base64(`${r.email}:${r.token}`)}`];
  if (r.scheme === 'header') Object.assign(header, { 'X-Admin-Email': [r.email], 'X-API-Token': [r.token] });
  const query = {};
  for (const [name, value] of new URLSearchParams(x.query || '')) (query[name] ??= []).push(value);
  return {
    type: 'Synchronous/HTTP',
    description: `${x.operation || x.method} is answered with ${x.status}`,
    comments: { text: [why, ...r.notes] },
    pending: false,
    request: { method: x.method, path: x.path.replace(/^\/w\/[^/]+/, ''), ...(x.query ? { query } : {}), headers: header, ...body(r.body, media(x.request, 'text/plain')) },
    response: {
      status: x.status,
      headers: { 'Content-Type': [media(x.response, 'application/json')] },
      ...(x.response.truncated ? {} : body(x.response.body || '', media(x.response, 'application/json'))),
    },
  };
}

// Which kind of row an object of an answer or a request is about, by a field that only they have.
const kinds = { customers: ['email', 'ticaga_id', 'customer_id'], departments: ['slug', 'department_id'], tickets: ['ticket_code', 'ticket_id', 'ticket_number'], responses: ['employee_response'] };

// mentioned returns the IDs of the rows that a value is about, by kind.
function mentioned(value, found = { customers: new Set(), departments: new Set(), tickets: new Set(), responses: new Set() }) {
  for (const inner of Object.values(value && typeof value === 'object' ? value : {})) mentioned(inner, found);
  for (const [kind, [own, ...others]] of Object.entries(kinds)) {
    if (value?.id && own in value) found[kind].add(Number(value.id));
    for (const name of others) if (Number(value?.[name])) found[kind].add(Number(value[name]));
  }
  return found;
}

// asFixture returns the rows that an exchange is about, as they are now, for a file of fixtures. The function row returns one
// row of a kind.
export async function asFixture(x, row) {
  const segments = x.path.replace(/^\/w\/[^/]+/, '').split('/');
  const subject = { clients: 'customers', customer: 'customers', login: 'customers', register: 'customers' }[segments[2]] || segments[2];
  const form = Object.fromEntries(new URLSearchParams(x.request.body || ''));
  const answer = parsed(x.response.body || '');
  const said = mentioned(answer);
  if (answer?.id && typeof answer.id !== 'object') said[subject]?.add(Number(answer.id));
  const asked = mentioned(parsed(x.request.body || '') || form);
  const inPath = Number(segments.at(-1));
  for (const kind of new Set([subject, ...Object.keys(kinds)])) {
    const ids = [said, asked].map((one) => one[kind]).find((set) => set?.size) || (kind === subject && inPath ? [inPath] : []);
    const rows = (await Promise.all([...ids].map((id) => row(kind, id).catch(() => null)))).filter(Boolean);
    if (rows.length) return JSON.stringify(rows, null, 2);
  }
  throw new Error('This exchange is about no row that the world has now.');
}
