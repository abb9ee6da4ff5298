import type { InboundScheme } from '../providers/provider.ts';

const toleranceSeconds = 300;

/** How a sender that is no provider signs, as a person describes it. */
export interface GenericSignature {
  algorithm: 'hmac-sha256' | 'hmac-sha1' | 'token' | 'basic';
  header: string;
  encoding: 'hex' | 'base64';
  prefix: string;
  timestampHeader: string | null;
  idHeader: string | null;
}

/** The scheme of a source that is no provider's. */
export function schemeOfSignature(signature: GenericSignature): InboundScheme {
  const { algorithm, header, encoding, prefix, timestampHeader, idHeader } = signature;
  const isSigned = algorithm === 'hmac-sha256' || algorithm === 'hmac-sha1';
  return {
    scheme: 'generic',
    headers: [header],
    algorithm,
    ...(isSigned && { encoding, prefix, signed: timestampHeader ? '{timestamp}.{rawBody}' : '{rawBody}' }),
    ...(isSigned && timestampHeader && { timestampHeader, toleranceSeconds }),
    ...(idHeader && { replayId: idHeader }),
  };
}
