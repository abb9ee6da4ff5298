import { expect, it } from 'vitest';
import { readMessage } from './read-message.ts';

const read = async (body: string, provider = 'generic') => {
  const { events } = await readMessage({
    sourceId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
    provider,
    headers: { 'content-type': 'application/json' },
    url: 'https://hub.example.com/',
    body: Buffer.from(body),
    at: Date.parse('2026-11-29T12:00:00Z'),
    filesUrl: 'https://hub.example.com/files',
    values: {},
  });
  return events.map(({ data }) => data);
};

it('keeps every digit of a long number in what it passes on', async () => {
  const [first] = await read('{"type":"paid","id":9007199254740993,"of":[{"id":-12345678901234567890}]}');
  expect(first).toContain('"id":9007199254740993,"of":[{"id":-12345678901234567890}]');
  const lines = await read('{"id":9007199254740993}\n{"id":9007199254740995}');
  expect(lines.join()).toContain('{"id":9007199254740993},{"id":9007199254740995}');
  expect((await read('9007199254740993'))[0]).toContain('"9007199254740993"');
});

it('takes a long number for an id as it is', async () => {
  const order = { id: 1, admin_graphql_api_id: 'gid://shopify/Order/1' };
  const body = JSON.stringify(order).replace('"id":1', '"id":9007199254740993');
  expect((await read(body, 'shopify'))[0]).toContain('9007199254740993');
});
