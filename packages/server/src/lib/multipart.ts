/** One part of `multipart/form-data`. */
export interface FormPart {
  name: string;
  /** Null: a field and no file. */
  filename: string | null;
  contentType: string | null;
  bytes: Buffer;
}

const maxParts = 200;

/**
 * The parts of a body of `multipart/form-data` (RFC 7578). Null when the content type names no boundary, the body is cut
 * off, or it has more than 200 parts.
 */
export function parseMultipart(contentType: string, body: Buffer): FormPart[] | null {
  const named = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const boundary = named?.[1] ?? named?.[2];
  if (boundary === undefined) return null;
  // A delimiter begins a line; the first line of the body has none before it.
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const first = body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))
    ? -2
    : body.indexOf(delimiter);
  if (first === -1) return null;
  const parts: FormPart[] = [];
  let start = first + delimiter.length;
  while (body.toString('latin1', start, start + 2) !== '--') {
    const end = body.indexOf(delimiter, start);
    if (end === -1 || parts.length === maxParts) return null;
    const part = parsePart(body.subarray(start, end));
    if (part) parts.push(part);
    start = end + delimiter.length;
  }
  return parts;
}

/** Null: a part without a name, which is no field. */
function parsePart(bytes: Buffer): FormPart | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = bytes.toString('utf8', 0, end);
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const name = parameterOf(disposition, 'name');
  if (name === null) return null;
  return {
    name,
    filename: parameterOf(disposition, 'filename'),
    contentType: /^content-type:\s*(.*?)\s*$/im.exec(head)?.[1] ?? null,
    bytes: bytes.subarray(end + 4),
  };
}

function parameterOf(line: string, name: string): string | null {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(line);
  return found ? (found[1] ?? found[2] ?? '') : null;
}
