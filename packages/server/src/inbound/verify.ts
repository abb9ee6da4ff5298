import { createHash } from 'node:crypto';
import type { InboundScheme } from '../providers/provider.ts';
import type { Checked, Verifier } from './checked.ts';
import { checkSignature } from './check-signature.ts';
import { checkBasic, checkToken } from './check-token.ts';
import { answerSigned, answerUnsigned } from './handshakes.ts';
import { replayKeyOf } from './replay-key.ts';
import { checkDropboxSign } from './schemes/dropbox-sign.ts';
import { checkForwardedMail } from './schemes/forwarded-mail.ts';
import { checkGooglePush } from './schemes/google-push.ts';
import { checkLever } from './schemes/lever.ts';
import { checkMailgun } from './schemes/mailgun.ts';
import { checkMicrosoft } from './schemes/microsoft.ts';
import { checkRingcentral } from './schemes/ringcentral.ts';
import { checkSns } from './schemes/sns.ts';
import { checkSumsub } from './schemes/sumsub.ts';
import { checkTwilio } from './schemes/twilio.ts';
import { checkVonage } from './schemes/vonage.ts';
import type { InboundRequest, Verdict, VerifyWith } from './types.ts';

/** What no template says. */
const special: Readonly<Record<string, Verifier>> = {
  'depends-on-receiver': checkForwardedMail,
  'dropbox-sign-event-hash': checkDropboxSign,
  'google-pubsub-oidc': checkGooglePush,
  'lever-body-hmac': checkLever,
  'mailgun-hmac': checkMailgun,
  'microsoft-graph-change-notification': checkMicrosoft,
  'ringcentral-token': checkRingcentral,
  'sumsub-digest': checkSumsub,
  'twilio-hmac-sha1': checkTwilio,
  'vonage-jwt': checkVonage,
};

/**
 * Whether a webhook comes from who it says, by the bytes that came. Nothing of it is believed before that; where the
 * signature stands in the body, only that much is read, and of at most 1 MiB; of mail that Mailgun passes on, of a form of any size.
 *
 * @throws what `fetchCertificate` throws; the webhook is then neither authentic nor refused
 */
export async function verifyInbound(
  scheme: InboundScheme,
  request: InboundRequest,
  how: VerifyWith,
): Promise<Verdict> {
  // An empty key is one that everybody knows.
  const usable = { ...how, keys: how.keys.filter((key) => key !== '') };
  const asked = answerUnsigned(scheme, request, usable);
  if (asked) return asked;
  if (isSns(scheme, usable)) return checkSns(request, usable);
  const checked = await check(scheme, request, usable);
  if (!checked.ok) return { kind: 'refused', reason: checked.reason };
  const reply = answerSigned(scheme, request, checked.key);
  if (reply) return { kind: 'reply', reply };
  const { replayKey = replayKeyOf(scheme, request) } = checked;
  return { kind: 'authentic', replayKey: replayKey === null ? null : storableKey(replayKey) };
}

/** A key of plain characters and of a length that an index takes. */
function storableKey(key: string): string {
  return /^[ -~]{1,300}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
}

/** Amazon's own, or mail that Amazon receives. */
function isSns({ scheme }: InboundScheme, { values }: VerifyWith): boolean {
  return scheme === 'aws-sns' || (scheme === 'depends-on-receiver' && values?.['receiver'] === 'amazon-ses');
}

function check(scheme: InboundScheme, request: InboundRequest, how: VerifyWith): Checked | Promise<Checked> {
  const verifier = special[scheme.scheme];
  if (verifier) return verifier(scheme, request, how);
  switch (scheme.algorithm) {
    case 'token':
      return checkToken(scheme, request, how);
    case 'basic':
      return checkBasic(scheme, request, how);
    case 'custom':
      throw new Error(`Nothing verifies the scheme ${scheme.scheme}.`);
    default:
      return checkSignature(scheme, request, how);
  }
}
