import { homedir } from 'node:os';
import { root } from './process.mjs';

// Written in pieces, so that this file does not break its own rules.
const unfinished = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
const registries = new RegExp(
  ['registry\\.' + 'npmjs', 'registry\\.' + 'yarnpkg', 'npm\\.pkg\\.' + 'github', 'artifactory\\.'].join('|'),
  'i',
);
const homes = new RegExp(
  ['/ho' + 'me/[a-z]', '/Us' + 'ers/[A-Za-z]', '/wo' + 'rk/', '/ro' + 'ot/']
    .map((path) => `(^|[\\s"'\`(=:])${path}`)
    .join('|'),
);
const conventional = /^\/(usr|srv|opt|var|etc|app)(\/|$)/;

/**
 * Strings that must not be in a tracked file: unfinished work, package registries, folders of one machine.
 * @param {string} file
 * @param {string} text
 * @param {string} [checkout] folder of this checkout
 * @returns {string[]} problems, each as `file:line: what`
 */
export function forbiddenStrings(file, text, checkout = root) {
  const ownFolder = checkout.split('/').length > 2 && !conventional.test(checkout) ? checkout : undefined;
  const home = homedir();
  return text.split('\n').flatMap((line, index) => {
    const at = `${file}:${index + 1}`;
    if (unfinished.test(line)) return [`${at}: unfinished work`];
    if (registries.test(line)) return [`${at}: names a package registry`];
    const own = [ownFolder, home.length > 6 ? home : undefined].some((path) => path && line.includes(path));
    return own || homes.test(line) ? [`${at}: a folder of one machine`] : [];
  });
}

/**
 * Only the configuration reads the environment, so that one file lists every variable. Tests, and the code that
 * serves only them, may pass it on to programs that they start. The web is left out: it runs in browsers, which
 * have no environment, and shows sample code for servers, which reads one.
 * @param {string} file
 * @param {string} text
 * @returns {string[]}
 */
export function environmentReads(file, text) {
  if (!/^packages\/(server|contract|sandbox)\/src\/.+\.tsx?$/.test(file)) return [];
  if (/\.test\.tsx?$|\/testing\/|^packages\/server\/src\/config\/env\.ts$/.test(file)) return [];
  return text.split('\n').flatMap((line, index) => {
    const code = line.replace(/\/\/.*$|^\s*\/?\*.*$/, '');
    return /\bprocess\s*(\.|\?\.|\[['"])\s*env\b|\benv\b.*from 'node:process'/.test(code)
      ? [`${file}:${index + 1}: reads the environment; only packages/server/src/config/env.ts may`]
      : [];
  });
}

/**
 * Addresses in the lock file would tie every install to one registry.
 * @param {string} lock text of package-lock.json
 */
export function lockAddresses(lock) {
  const count = lock.match(/"resolved":\s*"(https?|git)[^"]*"/g)?.length ?? 0;
  return count > 0 ? [`package-lock.json: ${count} packages carry the address of a registry`] : [];
}
