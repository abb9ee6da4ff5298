import { describe, expect, it } from 'vitest';
import { matchesLock } from './lib/install.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'packages/web': { version: '0.1.0' },
    'node_modules/@trunkline/web': { link: true },
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
    'node_modules/only-on-another-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
};
const installed = {
  packages: {
    'node_modules/@trunkline/web': { link: true },
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
  },
};

describe('matchesLock', () => {
  it('accepts an install without the packages of other platforms', () => {
    expect(matchesLock(lock, installed)).toBe(true);
  });

  it.each([
    ['a missing package', { 'node_modules/zod': undefined }],
    ['another version', { 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-a' } }],
    ['other contents', { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-c' } }],
    ['a package in place of a workspace', { 'node_modules/@trunkline/web': { version: '0.1.0' } }],
    ['an old optional package', { 'node_modules/only-on-another-platform': { version: '0.9.0' } }],
  ])('refuses %s', (_, change) => {
    const packages = Object.fromEntries(
      Object.entries({ ...installed.packages, ...change }).flatMap(([path, entry]) =>
        entry ? [[path, entry]] : [],
      ),
    );
    expect(matchesLock(lock, { packages })).toBe(false);
  });
});
