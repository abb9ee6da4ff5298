import type { InboundScheme } from '../../providers/provider.ts';
import { sendgrid } from '../../providers/sendgrid.ts';
import { checkBasic } from '../check-token.ts';
import { refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { checkSignature } from '../check-signature.ts';
import { checkMailgun } from './mailgun.ts';

/**
 * As the service verifies that receives the mail. Which one that is was entered; taking it from the webhook would let a
 * sender choose the weakest, with SendGrid's public key as a password.
 */
export const checkForwardedMail: Verifier = (scheme, request, how) => {
  switch (how.values?.['receiver']) {
    case 'mailgun':
      return checkMailgun(scheme, request, how);
    case 'sendgrid':
      return checkSignature(sendgrid.inbound as InboundScheme, request, how);
    case 'postmark':
      return checkBasic({ ...scheme, headers: ['Authorization'] }, request, how);
    default:
      return refuse('no_key');
  }
};
