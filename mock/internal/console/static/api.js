// The control API and the API of the help desk, as the pages use them.

// Problem is an answer of the control API that is not a success. Its message is for people.
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(method, path, body) {
  const init = { method, headers: {}, cache: 'no-store' };
  if (body !== undefined) {
    init.headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Problem(0, 'The mock does not answer. Is it still running?');
  }
  const text = await response.text();
  if (!response.ok) {
    let detail = text;
    try {
      const problem = JSON.parse(text);
      detail = problem.detail || problem.title || text;
    } catch { /* not JSON: shown as it is */ }
    if (response.status === 401) window.dispatchEvent(new Event('unauthorized'));
    throw new Problem(response.status, detail);
  }
  return text === '' ? null : JSON.parse(text);
}

export const get = (path) => ask('GET', path);
export const post = (path, body = {}) => ask('POST', path, body);
export const put = (path, body) => ask('PUT', path, body);
export const patch = (path, body) => ask('PATCH', path, body);
export const remove = (path) => ask('DELETE', path);

// inWorld returns a path of the control API for a world.
export const inWorld = (world, rest = '') => `/_mock/worlds/${encodeURIComponent(world)}${rest}`;

// baseURL returns the base URL of a world, for the settings of a plugin.
export const baseURL = (world) => location.origin + (world === 'default' ? '' : `/w/${world}`);

// utf8 returns text as the bytes of its UTF-8, each as one character: what headers and base64 need.
export const utf8 = (text) => String.fromCharCode(...new TextEncoder().encode(text));
export const base64 = (text) => btoa(utf8(text));

// The credentials that work in each world, as they were when they were last asked for.
const known = new Map();

// credentials returns what is known of a world, for pages that show it.
export const credentials = (world) => known.get(world) || { email: '', token: '', schemes: [] };

// loadCredentials asks for the credentials that work in a world now: scenarios, options and tests have others.
export async function loadCredentials(world) {
  const found = await get(inWorld(world, '/credentials'));
  known.set(world, found);
  return found;
}

// schemeOf returns how the page sends credentials: as the newest plugins do, if the mock accepts that.
export const schemeOf = ({ schemes }) => (schemes.includes('bearer') ? 'bearer' : schemes[0] || 'none');

// authorization returns the headers that log in by a scheme; none for "none".
function authorization({ email, token }, scheme) {
  return {
    bearer: { Authorization: `Bearer ${utf8(token)}` },
    basic: { Authorization: `Basic ${base64(`${email}:${token}`)}` },
    header: { 'X-Admin-Email': utf8(email), 'X-API-Token': utf8(token) },
  }[scheme] || {};
}

// call sends a request to the help desk's API, as a plugin does, and returns what came back. The scheme "none" sends no
// credentials; without a scheme the page chooses.
export async function call(world, method, path, { body, type = 'application/json', headers = {}, scheme } = {}) {
  const all = { Accept: 'application/json', ...headers };
  if (scheme !== 'none') {
    const found = await loadCredentials(world);
    Object.assign(all, authorization(found, scheme || schemeOf(found)));
  }
  if (body !== undefined) all['Content-Type'] = type;
  const started = performance.now();
  let response;
  let text;
  try {
    response = await fetch(baseURL(world) + path, { method, headers: all, body, redirect: 'manual', credentials: 'omit', cache: 'no-store' });
    text = await response.text();
  } catch {
    throw new Problem(0, `${method} ${path} got no complete answer: the connection broke`);
  }
  return { status: response.status, headers: response.headers, text, took: performance.now() - started, sent: { method, path, body, scheme } };
}
