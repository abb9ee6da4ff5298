import { expect, it } from 'vitest';
import { createPortTable, readRerouted, rerouteTo } from './reroute.ts';

const sandbox = 'http://127.0.0.1:4010';

it.each([
  ['https://slack.com/api/auth.test?x=1', '/at/slack/https/slack.com/api/auth.test?x=1'],
  ['https://bucket.s3.eu-west-1.amazonaws.com/', '/at/slack/https/bucket.s3.eu-west-1.amazonaws.com/'],
  ['http://host:8080/a%20b', '/at/slack/http/host:8080/a%20b'],
])('leads %s to the sandbox and back', (original, target) => {
  expect(rerouteTo(sandbox)('slack', original)).toBe(sandbox + target);
  const read = readRerouted(target)!;
  const query = read.rawQuery === '' ? '' : `?${read.rawQuery}`;
  expect([read.slug, `${read.scheme}://${read.host}${read.path}${query}`]).toEqual(['slack', original]);
});

it('leaves alone what is rerouted already, and reads nothing else', () => {
  const target = `${sandbox}/at/slack/https/slack.com/api`;
  expect(rerouteTo(sandbox)('slack', target)).toBe(target);
  expect(readRerouted('/control/providers')).toBeNull();
  expect(readRerouted('/at/slack/ftp/slack.com/')).toBeNull();
});

it('leads other schemes to the ports that are registered, the closest first', () => {
  const ports = createPortTable();
  const reroute = rerouteTo(sandbox, ports);
  expect(reroute('smtp', 'smtp://smtp.example.com:587')).toBe('smtp://127.0.0.1:9');
  ports.register('smtp://*', { host: '127.0.0.1', port: 2500 });
  ports.register('smtp://*:25', { host: '127.0.0.1', port: 2525 });
  ports.register('smtp://smtp.example.com:587', { host: '127.0.0.1', port: 2587 });
  expect(reroute('smtp', 'smtp://smtp.example.com:587')).toBe('smtp://127.0.0.1:2587');
  expect(reroute('smtp', 'smtp://other.example.com:25')).toBe('smtp://127.0.0.1:2525');
  expect(reroute('smtp', 'smtp://other.example.com:587')).toBe('smtp://127.0.0.1:2500');
  expect(reroute('bcbs', 'sftp://sftp.example.com:22')).toBe('sftp://127.0.0.1:9');
});
