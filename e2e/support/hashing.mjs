/**
 * The product's own hashing of passwords, which is slow on purpose: the same password has one hash within a process, and what
 * was checked before has the same outcome again. So the password that all people of the tests share is hashed once.
 * @param {() => { hash: (password: string) => Promise<string>, verify: (input: { hash: string, password: string }) => Promise<boolean> }} createPasswords
 *   of the compiled product
 */
export function rememberingHashing(createPasswords) {
  const { hash, verify } = createPasswords();
  /** @type {Map<string, Promise<string>>} */
  const hashes = new Map();
  /** @type {Map<string, Promise<boolean>>} */
  const outcomes = new Map();
  return {
    hash: (/** @type {string} */ password) => remembered(hashes, password, () => hash(password)),
    verify: (/** @type {{ hash: string, password: string }} */ input) =>
      remembered(outcomes, `${input.hash} ${input.password}`, () => verify(input)),
  };
}

/**
 * @template T
 * @param {Map<string, Promise<T>>} known
 * @param {string} key
 * @param {() => Promise<T>} find
 */
function remembered(known, key, find) {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = find()));
  return value;
}
