import type { CustomDefinition } from '@trunkline/contract/custom-providers';
import { secretField } from './parts.ts';
import type { KindParts } from './parts.ts';

/** A service that only sends to here, with an HMAC over what it sends. */
export function hmacWebhookParts(definition: Extract<CustomDefinition, { kind: 'hmac-webhook' }>): KindParts {
  const { name, header, algorithm, encoding, prefix, signed, timestampHeader, replayId } = definition;
  return {
    sentence: `Receives signed webhooks from ${name}.`,
    auth: [
      {
        type: 'inbound',
        fields: [
          secretField(
            'signingSecret',
            'Signing secret',
            `From the webhook settings of ${name}; it proves that calls really come from there.`,
          ),
        ],
      },
    ],
    baseUrl: null,
    health: { kind: 'form', why: 'It only sends to here, so that there is nothing to ask.' },
    errors: [
      {
        contains: 'signature',
        fault: 'config',
        title: 'The signature does not fit',
        cause: `The secret here is not the one that ${name} signs with, or the scheme is another.`,
        fix: 'Enter the signing secret again, and compare the scheme with the documents of the sender.',
      },
    ],
    features: ['Signed webhooks'],
    setupSteps: [
      `In the webhook settings of ${name}, add the address that is shown here and copy the signing secret.`,
    ],
    inbound: {
      scheme: 'custom-hmac',
      headers: timestampHeader === null ? [header] : [header, timestampHeader],
      algorithm,
      encoding,
      ...(prefix === '' ? {} : { prefix }),
      key: 'signingSecret',
      signed,
      ...(timestampHeader === null ? {} : { timestampHeader, toleranceSeconds: definition.toleranceSeconds }),
      ...(replayId === null ? {} : { replayId }),
    },
  };
}
