// The contract, as the pages use it.
import { get } from './api.js';

let document_;

// contract returns openapi.yaml as an object, or null until it is loaded.
export function contract(app) {
  if (document_ === undefined) {
    document_ = null;
    get('/_mock/api/openapi.json').then((loaded) => {
      document_ = loaded;
      app.update();
    }).catch(() => { document_ = undefined; });
  }
  return document_;
}

// resolve follows a reference within the contract.
export function resolve(node) {
  let seen = 0;
  while (node?.$ref && seen++ < 20) node = node.$ref.split('/').slice(1).reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document_);
  return node;
}

// operations returns every operation with its method and path.
export function operations(app) {
  const spec = contract(app);
  if (!spec) return [];
  const all = [];
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation?.operationId) all.push({ id: operation.operationId, method: method.toUpperCase(), path, parameters: [...(item.parameters || []), ...(operation.parameters || [])].map(resolve), ...operation });
    }
  }
  return all;
}

// merged returns a schema with the parts of its allOf.
export function merged(schema) {
  const found = resolve(schema) || {};
  if (!found.allOf) return found;
  return Object.assign({}, ...found.allOf.map(merged), { ...found, allOf: undefined });
}

// typeOf says in words what a schema accepts.
export function typeOf(schema) {
  const s = merged(schema);
  if (s.enum) return s.enum.map((v) => JSON.stringify(v)).join(' | ');
  const options = s.anyOf || s.oneOf;
  if (options) return [...new Set(options.map(typeOf))].join(' or ');
  if (s.type === 'array') return `array of ${typeOf(s.items || {})}`;
  return s.type || 'anything';
}
