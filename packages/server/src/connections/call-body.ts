import type { AdapterCall, Part } from '../providers/adapters/adapter.ts';

/** The body of a call as bytes, and the header that says what it is. */
export function bodyOf(
  call: AdapterCall,
  boundary: string,
): { body: Buffer | null; headers: Record<string, string> } {
  if (call.json !== undefined) {
    return {
      body: Buffer.from(JSON.stringify(call.json)),
      headers: { 'content-type': 'application/json; charset=utf-8' },
    };
  }
  if (call.form !== undefined) {
    const form = new URLSearchParams();
    for (const [name, value] of call.form) form.append(name, value);
    return {
      body: Buffer.from(form.toString()),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
  }
  if (call.multipart !== undefined) {
    return {
      body: multipart(call.multipart, boundary),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    };
  }
  return { body: call.body ?? null, headers: {} };
}

/** RFC 7578; quotes and line breaks in names are percent-encoded, as browsers do it. */
function multipart(parts: readonly Part[], boundary: string): Buffer {
  const chunks: Buffer[] = [];
  const quoted = (text: string): string =>
    text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  for (const { name, value, filename, contentType } of parts) {
    const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
    const type = contentType === undefined ? '' : `\r\ncontent-type: ${contentType}`;
    chunks.push(
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"${file}${type}\r\n\r\n`,
      ),
      Buffer.isBuffer(value) ? value : Buffer.from(value),
      Buffer.from('\r\n'),
    );
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(chunks);
}
