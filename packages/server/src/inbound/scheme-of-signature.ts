import { genericProvider } from '@trunkline/contract/inbound';
import type { InboundSignature } from '@trunkline/contract/inbound';
import type { InboundScheme } from '../providers/provider.ts';

const toleranceSeconds = 300;

/** The scheme of a source that is no provider's. */
export function schemeOfSignature(signature: InboundSignature): InboundScheme {
  const { algorithm, header, encoding, prefix, timestampHeader, idHeader } = signature;
  const isSigned = algorithm === 'hmac-sha256' || algorithm === 'hmac-sha1';
  return {
    scheme: genericProvider,
    headers: [header],
    algorithm,
    ...(isSigned && { encoding, prefix, signed: timestampHeader ? '{timestamp}.{rawBody}' : '{rawBody}' }),
    ...(isSigned && timestampHeader && { timestampHeader, toleranceSeconds }),
    ...(idHeader && { replayId: idHeader }),
  };
}
