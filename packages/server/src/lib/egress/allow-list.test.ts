import { describe, expect, it } from 'vitest';
import { allows, parseEgressAllow } from './allow-list.ts';

describe('parseEgressAllow', () => {
  it.each(['', '  '])('reads %j as an empty list', (text) => {
    expect(parseEgressAllow(text)).toEqual([]);
  });

  it.each([
    ['127.0.0.9', '127.0.0.9', 1, true],
    ['127.0.0.9', '127.0.0.8', 1, false],
    ['127.0.0.9/32:8080', '127.0.0.9', 8080, true],
    ['127.0.0.9/32:8080', '127.0.0.9', 8081, false],
    ['127.0.0.9:8080', '127.0.0.9', 8080, true],
    ['10.0.0.0/8', '10.255.255.255', 443, true],
    ['10.0.0.0/8', '11.0.0.0', 443, false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', 443, true],
    ['10.128.0.0/9', '10.127.255.255', 443, false],
    ['0.0.0.0/0', '192.168.1.1', 1, true],
    ['0.0.0.0/0', '::1', 1, false],
    ['::1', '::1', 8080, true],
    ['::1', '0:0:0:0:0:0:0:1', 8080, true],
    ['[::1]:8080', '::1', 8080, true],
    ['[::1]:8080', '::1', 80, false],
    ['[::1/128]:8080', '::1', 8080, true],
    ['[fd00::/8]', 'fdff::1', 1, true],
    ['fd00::/8', 'fe00::1', 1, false],
    ['10.0.0.0/8 , 127.0.0.9:1, [::1]:2', '::1', 2, true],
    ['10.0.0.0/8', 'not an address', 1, false],
    ['fe80::/10', 'fe80::1%eth0', 1, false],
  ])('%s: %s port %i is %s', (text, address, port, expected) => {
    expect(allows(parseEgressAllow(text), address, port)).toBe(expected);
  });

  it.each([
    ['localhost', 'does not start with an IPv4 or IPv6 address'],
    ['10.0.0.0/8,', 'an entry is empty'],
    ['10.0.0/8', 'does not start with'],
    ['0x7f.0.0.1', 'does not start with'],
    ['10.0.0.0/33', 'from 0 to 32'],
    ['10.0.0.0/', 'from 0 to 32'],
    ['10.0.0.0/-1', 'from 0 to 32'],
    ['::/129', 'from 0 to 128'],
    ['10.0.0.5/8', 'the network starts at 10.0.0.0/8'],
    ['fd00::1/8', 'the network starts at fd00::/8'],
    ['10.0.0.1:0', 'from 1 to 65535'],
    ['10.0.0.1:65536', 'from 1 to 65535'],
    ['10.0.0.1:', 'from 1 to 65535'],
    ['[::1]:x', 'from 1 to 65535'],
    ['[10.0.0.1]:80', 'only IPv6 stands in brackets'],
    ['::ffff:10.0.0.0/104', 'write the IPv4 network'],
    ['[::1', 'does not start with'],
    ['fe80::1%eth0', 'does not start with'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseEgressAllow(text)).toThrow(reason);
  });
});
