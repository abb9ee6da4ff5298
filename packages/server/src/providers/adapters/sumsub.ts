import type { Adapters, Adapting } from './adapter.ts';
import { pathText, textAt } from './adapter.ts';

/** How long the token for Sumsub's own kit is good, in seconds. */
const tokenSeconds = 1_800;

/** The applicant of a person, made when there is none. */
async function applicantOf(io: Adapting, applicant: Record<string, unknown>): Promise<string> {
  const externalUserId = String(applicant['externalUserId']);
  const made = await io.call({
    method: 'POST',
    path: `/resources/applicants?levelName=${pathText(io.values['levelName'] ?? '')}`,
    json: applicant,
    accept: [409],
  });
  if (made.status !== 409) return textAt(made.json(), 'id') ?? '';
  const path = `/resources/applicants/-;externalUserId=${pathText(externalUserId)}/one`;
  return textAt((await io.call({ method: 'GET', path })).json(), 'id') ?? '';
}

/** Applicants of the level that the integration names. */
export const sumsubAdapters: Adapters = {
  'kyc.start': {
    repeatable: true,
    duplicates:
      'Sumsub keeps one applicant for a person’s id: a repetition finds the one that is there and gives a new token. Names that were given the first time stay.',
    async run({ personId, firstName, lastName, email, phone }, io) {
      const { levelName } = io.values;
      const verificationId = await applicantOf(io, {
        externalUserId: personId,
        fixedInfo: { firstName, lastName },
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phone }),
      });
      const answer = await io.call({
        method: 'POST',
        path: '/resources/accessTokens/sdk',
        json: { userId: personId, levelName, ttlInSecs: tokenSeconds },
      });
      return { verificationId, url: null, token: textAt(answer.json(), 'token') ?? null };
    },
  },
};
