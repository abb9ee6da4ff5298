import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Passkey } from '@trunkline/contract/account';
import type { PasskeyAnswer as PasskeyAnswerShape } from '@trunkline/contract/access';
import type { z } from 'zod';
import type { Ctx } from '../../ctx.ts';
import type { Database } from '../../identity/organizations.ts';
import { beginStep } from '../../identity/steps.ts';
import type { StepPurpose } from '../../identity/steps.ts';
import { relyingParty } from './relying-party.ts';

export type PasskeyAnswer = z.output<typeof PasskeyAnswerShape>;

interface StoredPasskey {
  id: string;
  userId: string;
  credentialId: string;
  publicKey: Buffer;
  counter: string;
  transports: string[];
}

/** What a browser is to ask, with the token of the step that its answer belongs to. */
export interface PasskeyQuestion {
  token: string;
  options: Record<string, unknown>;
}

/** A passkey proves two things at once: that one has it, and a finger, face or PIN. So that is always asked for. */
const userVerification = 'required';

/** Begins to add a passkey to a person's account; the browser finds out which devices have one already. */
export async function askForNewPasskey(
  ctx: Ctx,
  db: Database,
  person: { id: string; name: string; email: string },
): Promise<PasskeyQuestion> {
  const { token, challenge } = await begin(ctx, db, 'passkey_add', person.id);
  const party = relyingParty(ctx);
  const options = await generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name,
    userName: person.email,
    userDisplayName: person.name,
    // Random parts of an id of ours: it says nothing about the person.
    userID: new Uint8Array(Buffer.from(person.id.replaceAll('-', ''), 'hex')),
    challenge: bytesOf(challenge),
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification },
    excludeCredentials: (await passkeysOf(db, person.id)).map(describe),
  });
  return { token, options: { ...options } };
}

/** A passkey as it is stored, from the browser's answer; null when that does not fit the question. */
export async function readNewPasskey(
  ctx: Ctx,
  answer: PasskeyAnswer,
  challenge: string,
): Promise<{
  credentialId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  synced: boolean;
} | null> {
  const party = relyingParty(ctx);
  const verified = await verifyRegistrationResponse({
    response: answer as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    // The library throws at whatever is not well formed, as it does at what does not fit.
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: (credential.transports ?? []).slice(0, 10),
    synced: credentialBackedUp,
  };
}

/** What a browser is to ask for with a challenge: one of a person's passkeys, or any that is for us. */
export async function passkeyOptions(
  ctx: Ctx,
  db: Database,
  challenge: string,
  userId: string | null,
): Promise<Record<string, unknown>> {
  const allowed = userId === null ? [] : (await passkeysOf(db, userId)).map(describe);
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(ctx).id,
    challenge: bytesOf(challenge),
    allowCredentials: allowed,
    userVerification,
  });
  return { ...options };
}

/** Begins to ask for a passkey. */
export async function askForPasskey(
  ctx: Ctx,
  db: Database,
  purpose: StepPurpose,
  userId: string | null,
): Promise<PasskeyQuestion> {
  const { token, challenge } = await begin(ctx, db, purpose, userId);
  return { token, options: await passkeyOptions(ctx, db, challenge, userId) };
}

/** The person whose passkey has answered a challenge; null when none has. Its counter moves on. */
export async function takePasskey(
  ctx: Ctx,
  db: Database,
  answer: PasskeyAnswer,
  challenge: string,
): Promise<{ userId: string } | null> {
  const { rows } = await db.query<StoredPasskey>(`${selectPasskeys} WHERE credential_id = $1`, [answer.id]);
  const [passkey] = rows;
  if (!passkey) return null;
  const party = relyingParty(ctx);
  const verified = await verifyAuthenticationResponse({
    response: answer as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.counter),
    },
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  await db.query('UPDATE passkeys SET counter = $2, synced = $3, last_used_at = $4 WHERE id = $1', [
    passkey.id,
    newCounter,
    credentialBackedUp,
    new Date(ctx.app.clock()),
  ]);
  return { userId: passkey.userId };
}

/** A person's passkeys as they are shown them, the oldest first. */
export async function presentPasskeys(db: Database, userId: string): Promise<z.input<typeof Passkey>[]> {
  const { rows } = await db.query<{
    id: string;
    name: string;
    synced: boolean;
    createdAt: Date;
    lastUsedAt: Date | null;
  }>(
    `SELECT id, name, synced, created_at AS "createdAt", last_used_at AS "lastUsedAt"
     FROM passkeys WHERE user_id = $1 ORDER BY created_at, id`,
    [userId],
  );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
}

const selectPasskeys = `SELECT id, user_id AS "userId", credential_id AS "credentialId", public_key AS "publicKey",
  counter::text AS counter, transports FROM passkeys`;

async function passkeysOf(db: Database, userId: string): Promise<StoredPasskey[]> {
  const { rows } = await db.query<StoredPasskey>(`${selectPasskeys} WHERE user_id = $1 ORDER BY id`, [
    userId,
  ]);
  return rows;
}

/** Without hints on how to reach it: a passkey that was made here may be asked for on another device. */
function describe({ credentialId }: StoredPasskey): { id: string } {
  return { id: credentialId };
}

function begin({ app }: Ctx, db: Database, purpose: StepPurpose, userId: string | null) {
  return beginStep(db, { id: app.newId(), purpose, userId, now: app.clock(), random: app.randomBytes });
}

/** The library encodes bytes as they are, and texts once more. */
function bytesOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'));
}
