import { expect, it } from 'vitest';
import { parseMultipart } from './multipart.ts';

/** What fetch itself makes of a form. */
async function encoded(form: FormData): Promise<[string, Buffer]> {
  const response = new Response(form);
  return [response.headers.get('content-type')!, Buffer.from(await response.arrayBuffer())];
}

it('reads what fetch writes', async () => {
  const form = new FormData();
  form.append('subject', 'Grüße\r\n--no boundary');
  form.append('empty', '');
  form.append('file', new Blob([Buffer.from([0, 13, 10, 255])], { type: 'image/png' }), 'a b.png');
  const parts = parseMultipart(...(await encoded(form)))!;
  expect(parts.map(({ name, filename, contentType }) => [name, filename, contentType])).toEqual([
    ['subject', null, null],
    ['empty', null, null],
    ['file', 'a b.png', 'image/png'],
  ]);
  expect(parts[0]!.bytes.toString()).toBe('Grüße\r\n--no boundary');
  expect(parts[1]!.bytes).toHaveLength(0);
  expect([...parts[2]!.bytes]).toEqual([0, 13, 10, 255]);
});

it('ignores what stands before the first part, and parts without a name', () => {
  const body = Buffer.from(
    'preamble\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n',
  );
  const parts = parseMultipart('multipart/form-data; boundary="b"', body);
  expect(parts?.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([['a', '1']]);
});

it('reads nothing from what is cut off, has no boundary, or has too many parts', async () => {
  const form = new FormData();
  form.append('a', '1');
  const [contentType, body] = await encoded(form);
  expect(parseMultipart(contentType, body.subarray(0, -8))).toBeNull();
  expect(parseMultipart('multipart/form-data', body)).toBeNull();
  expect(parseMultipart('application/json', body)).toBeNull();
  expect(parseMultipart('multipart/form-data; boundary=other', body)).toBeNull();
  for (let index = 0; index < 200; index += 1) form.append(`b${index}`, '1');
  expect(parseMultipart(...(await encoded(form)))).toBeNull();
});
