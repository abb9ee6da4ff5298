/**
 * @typedef {object} TestPlan
 * @property {boolean} node24
 * @property {boolean} pgbouncer run the tests beside the sources, and no others, through a PgBouncer
 * @property {string[] | undefined} unit arguments for Vitest; undefined = do not run it
 * @property {string[] | undefined} e2e arguments for Playwright; undefined = do not run it
 */

/**
 * Reads the arguments of `npm test --`: `unit` or `e2e` choose a part, a file chooses its own part, and
 * everything else goes to the parts that run.
 * @param {string[]} args
 * @returns {TestPlan}
 */
export function planTests(args) {
  /** @type {string[]} */
  const unit = [];
  /** @type {string[]} */
  const e2e = [];
  /** @type {string[]} */
  const shared = [];
  const chosen = new Set();
  for (const arg of args) {
    if (arg === '--node24' || arg === '--pgbouncer') continue;
    if (arg === 'unit' || arg === 'e2e') chosen.add(arg);
    else if (/^(\.\/)?e2e\//.test(arg)) e2e.push(arg);
    else if (/^(\.\/)?(packages|scripts|chaos)\//.test(arg)) unit.push(arg);
    else shared.push(arg);
  }
  if (unit.length > 0) chosen.add('unit');
  if (e2e.length > 0) chosen.add('e2e');
  const pgbouncer = args.includes('--pgbouncer');
  const runs = (/** @type {string} */ part) => chosen.size === 0 || chosen.has(part);
  return {
    node24: args.includes('--node24'),
    pgbouncer,
    unit: runs('unit') ? [...unit, ...shared] : undefined,
    e2e: runs('e2e') && !pgbouncer ? [...e2e, ...shared] : undefined,
  };
}
