const mask = '[redacted]';

/** Names whose value is secret whatever it looks like; a longer name that ends in one of them counts too. */
const secretNames = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'api[-_ ]?key',
  'access[-_ ]?key',
  'private[-_ ]?key',
  'master[-_ ]?key',
  'encryption[-_ ]?key',
  'account[-_ ]?key',
  'credentials?',
].join('|');

/** Names whose value is secret when it is long and looks random. */
const keyNames =
  'key|hmac|signature|sig|session(?:[-_]?id)?|sid|cookie|auth|authorization|code|verifier|nonce';

/** `name` in quotes or not, then `:` or `=`; quotes may be escaped, as in JSON inside JSON. */
const assigned = String.raw`(?:\\*["'])?\s{0,8}[:=]\s{0,8}`;

const uuid = String.raw`[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?![\w+/=.~-])`;
/** A value without quotes; brackets and commas belong to it when it goes on after them. */
const bareValue = String.raw`(?:[^\s"'\\&;,{}[\]()<>]|[,{}[\]()<>](?=[\w!@#$%^*+.~-]))+`;
/** Words after "bearer" and "basic" in ordinary sentences. */
const schemeWords = 'tokens?|auth|authentication|authorization|realm|scheme';

/*
 * Every rule finds its start by a fixed text or a word boundary and then runs forward only, so the time is
 * linear in the length of the text. What a rule puts in is not matched again by another, or gives itself.
 */
const rules: readonly { pattern: RegExp; by: string }[] = [
  {
    pattern:
      /-----BEGIN ([A-Z ]{0,40})PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z ]{0,60}-----)?/g,
    by: mask,
  },
  // Header lines and the like: everything to the end of the line, since schemes have parameters.
  {
    pattern: /\b((?:proxy-)?authorization|(?:set-)?cookie)([:=]\s{0,8})(?!\[redacted\])[^\s"'][^\r\n"']*/gi,
    by: `$1$2${mask}`,
  },
  // A quoted value, also one that is cut off: the quote that ends it has as many backslashes as the first.
  {
    pattern: new RegExp(String.raw`(${secretNames})(${assigned})(\\*)(["'])[\s\S]*?(?:(?<!\\)\3\4|$)`, 'gi'),
    by: `$1$2$3$4${mask}$3$4`,
  },
  {
    pattern: new RegExp(
      `(${secretNames})(${assigned})(?!\\[redacted\\]|(?:null|true|false)\\b)${bareValue}`,
      'gi',
    ),
    by: `$1$2${mask}`,
  },
  {
    pattern: new RegExp(
      String.raw`(?<![a-z])((?:${keyNames})${assigned}\\*["']?)(?!${uuid})[\w+/=.~-]{24,}`,
      'gi',
    ),
    by: `$1${mask}`,
  },
  {
    pattern: new RegExp(
      String.raw`\b(bearer|basic)(\s{1,8})(?!(?:${schemeWords})(?:[\s"',.;:)=]|$))[\w.~+/=-]+`,
      'gi',
    ),
    by: `$1$2${mask}`,
  },
  { pattern: /:\/\/[^\s/?#@"'<>]+@/g, by: `://${mask}@` },
  { pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/g, by: mask },
  { pattern: /whsec_[\w+/=-]+/g, by: `whsec_${mask}` },
  { pattern: /\btl_(live|test)_\w+/g, by: `tl_$1_${mask}` },
  // Keys of common providers that say what they are.
  { pattern: /\b([srp]k)_(live|test)_\w{8,}/g, by: `$1_$2_${mask}` },
  { pattern: /\bSG\.[\w-]{16,}\.[\w-]{16,}/g, by: `SG.${mask}` },
  { pattern: /\bxox([a-z])-[\w-]{10,}/g, by: `xox$1-${mask}` },
  { pattern: /\bgh([a-z])_\w{20,}/g, by: `gh$1_${mask}` },
];

/**
 * Text without what looks like a secret: signing secrets, API tokens, `Bearer` and `Basic` credentials,
 * values of names such as password, secret or token, JSON Web Tokens, private keys, user information in URLs,
 * long random values of key-like names and keys of common providers. A net below code that does not log
 * secrets, not a replacement for it. Redacting twice changes nothing more.
 */
export function redactSecrets(text: string): string {
  let result = text;
  for (const { pattern, by } of rules) result = result.replace(pattern, by);
  return result;
}

const secretHeaders = [
  /^(?:(?:proxy-|x-)?authorization|(?:set-)?cookie2?)$/i,
  /(?:^|[-_])(?:secret|token|password|(?:api|access|private)-?key)$/i,
];

/** Headers as Node gives them: one value, several, or none. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * A copy of headers with the values of authorization, cookie, set-cookie, x-api-key, proxy-authorization and
 * of names that end in secret, token, password or such a key masked; other values go through `redactSecrets`.
 */
export function redactHeaders(headers: HeaderValues): Record<string, string | string[] | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const redact = secretHeaders.some((pattern) => pattern.test(name)) ? () => mask : redactSecrets;
      if (value === undefined) return [name, undefined];
      return [name, typeof value === 'string' ? redact(value) : value.map(redact)];
    }),
  );
}
