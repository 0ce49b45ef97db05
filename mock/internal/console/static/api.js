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

// credentials are those of the first administrator, which the page uses to call the API.
export const credentials = { email: 'admin@ticaga.test', token: 'demo-token' };

// call sends a request to the help desk's API, as a plugin does, and returns what came back.
export async function call(world, method, path, { body, type = 'application/json', headers = {}, anonymous = false } = {}) {
  const all = { Accept: 'application/json', ...headers };
  if (!anonymous) all.Authorization = `Bearer ${credentials.token}`;
  if (body !== undefined) all['Content-Type'] = type;
  const started = performance.now();
  const response = await fetch(baseURL(world) + path, { method, headers: all, body, redirect: 'manual', credentials: 'omit', cache: 'no-store' });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, took: performance.now() - started, sent: { method, path, headers: all, body } };
}
