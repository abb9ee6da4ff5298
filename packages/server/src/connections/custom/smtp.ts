import type { CustomDefinition } from '@trunkline/contract/custom-providers';
import { smtp } from '../../providers/smtp.ts';
import { pickFields } from './parts.ts';
import type { KindParts } from './parts.ts';

/** A mail server whose host and port are settled, so that only the user is asked for. */
export function smtpParts({ name, host, port }: Extract<CustomDefinition, { kind: 'smtp' }>): KindParts {
  return {
    sentence: `Sends email through ${host}.`,
    auth: [
      {
        type: 'smtp',
        fields: pickFields(smtp.auth[0].fields, 'username', 'password', 'fromEmail', 'fromName'),
      },
    ],
    baseUrl: null,
    fixedValues: { host, port: String(port) },
    health: smtp.health,
    errors: smtp.errors,
    adapters: smtp.adapters!,
    features: smtp.features,
    setupSteps: [`At ${name}, create a mailbox or user that may send, and copy its user name and password.`],
    inbound: null,
  };
}
