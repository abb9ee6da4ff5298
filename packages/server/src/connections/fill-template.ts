/** What a template cannot be filled with. The message names the value, never its content. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g;
const hostText = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/;

export type Values = Readonly<Record<string, string>>;

/**
 * A header line or another text with its values in place, or null when one of them is missing.
 *
 * @throws TemplateError for a value with a line break, which would begin another header
 */
export function fillText(template: string, values: Values): string | null {
  let missing = false;
  const text = template.replace(placeholder, (_match, key: string) => {
    const value = values[key];
    if (value === undefined || value === '') missing = true;
    return value ?? '';
  });
  if (missing) return null;
  if (/[\r\n\0]/.test(text)) throw new TemplateError('A value holds a line break.');
  return text;
}

/**
 * An address with its values in place. A value in the host must be a host, so that nobody can lead a call with the
 * provider's credentials elsewhere by what they typed; in the path and query it is percent-encoded. A template that begins with
 * a value takes a whole `https:` address.
 *
 * @throws TemplateError
 */
export function fillUrl(template: string, values: Values): string {
  const hostEnd = endOfHost(template);
  return template.replace(placeholder, (_match, key: string, at: number) => {
    const value = values[key];
    if (value === undefined || value === '') throw new TemplateError(`The value ${key} is missing.`);
    if (at === 0) return wholeAddress(key, value);
    if (at >= hostEnd) return encoded(value);
    if (!hostText.test(value)) throw new TemplateError(`The value ${key} is not a host name.`);
    return value;
  });
}

/** A colon and an at sign may stand in a path as they are (RFC 3986, 3.3), and some providers want them so. */
function encoded(value: string): string {
  return encodeURIComponent(value).replaceAll('%3A', ':').replaceAll('%40', '@');
}

function endOfHost(template: string): number {
  const start = template.indexOf('://');
  if (start < 0) return 0;
  const end = template.slice(start + 3).search(/[/?#]/);
  return end < 0 ? template.length : start + 3 + end;
}

function wholeAddress(key: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  const plain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || url.protocol !== 'https:')
    throw new TemplateError(`The value ${key} is not an https address.`);
  return value.replace(/\/+$/, '');
}
