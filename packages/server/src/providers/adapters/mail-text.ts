import type { Mailbox } from '@trunkline/contract/capabilities/texts';

/** A mailbox as a header line writes it: `"Jane Doe" <jane@example.com>`, names beyond ASCII as encoded words. */
export function mailboxText({ email, name }: Mailbox): string {
  if (name === undefined || name === '') return email;
  if (/^[\x20-\x7e]*$/.test(name)) return `"${name.replaceAll(/["\\]/g, '\\$&')}" <${email}>`;
  return `${encodedWords(name)} <${email}>`;
}

/** Encoded words (RFC 2047) of at most 75 characters each, never cut within a character. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let chunk = '';
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > 45) {
      words.push(chunk);
      chunk = '';
    }
    chunk += character;
  }
  words.push(chunk);
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
