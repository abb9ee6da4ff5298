import { jsonText } from '../json-body.ts';

/** A JSON Web Token in its parts, before anything of it was verified. */
export interface Jwt {
  header: unknown;
  claims: unknown;
  /** What is signed. */
  signed: string;
  signature: Buffer;
}

const largest = 8192;

/** The token of `Authorization: Bearer …`; null when there is none that could be one. */
export function readJwt(authorization: string | undefined): Jwt | null {
  if (authorization === undefined || authorization.length > largest) return null;
  const parts = /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization);
  if (!parts) return null;
  const [, header = '', claims = '', signature = ''] = parts;
  return {
    header: jsonText(Buffer.from(header, 'base64url').toString()),
    claims: jsonText(Buffer.from(claims, 'base64url').toString()),
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}
