/**
 * Objects that refuse by name what the test host does not have. Without this a call that Electron knows and the host
 * does not would be a quiet `undefined`, and a test would pass for the wrong reason.
 */

/** Asked for by promises, JSON, inspectors and matchers of any object. */
const ASKED_OF_ANYTHING = new Set([
  'then',
  'toJSON',
  'constructor',
  'inspect',
  'nodeType',
  'asymmetricMatch',
]);

export function strict<Target extends object>(name: string, target: Target): Target {
  return new Proxy(target, {
    get(owner, key): unknown {
      if (typeof key === 'symbol' || key in owner || ASKED_OF_ANYTHING.has(key)) {
        const value: unknown = Reflect.get(owner, key, owner);
        // Methods of classes need their own object: private fields are not seen through a proxy.
        return typeof value === 'function' && key !== 'constructor' ? value.bind(owner) : value;
      }
      throw new Error(`test host: electron.${name}.${key} is not implemented`);
    },
  });
}
