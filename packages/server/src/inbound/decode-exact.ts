/** The bytes of a text; null when it is not written exactly as this encoding writes them. Node skips what does not fit. */
export function decodeExact(text: string, encoding: 'hex' | 'base64'): Buffer | null {
  const bytes = Buffer.from(text, encoding);
  return bytes.length > 0 && bytes.toString(encoding) === text ? bytes : null;
}
