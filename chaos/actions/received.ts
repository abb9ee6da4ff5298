import { existsSync, readdirSync } from 'node:fs';
import type { Sandbox } from '../../packages/sandbox/src/sandbox.ts';
import type { SmtpSimulator } from '../../packages/sandbox/src/smtp.ts';
import { markPattern, periodOf, phoneOf } from './load.ts';
import type { Asked } from './load.ts';
import { chaosSlugs } from './plan.ts';

/** Something that a provider was given. */
interface Receipt {
  slug: string;
  /** Milliseconds since the epoch; null where nobody notes it. */
  at: number | null;
}

/** Where a provider keeps more than one thing for one action: what the action is about. */
const meant: Readonly<Record<string, string>> = {
  onfido: 'workflow run',
  checkr: 'invitation',
  sterling: 'screening',
};

/** What a background check is ordered for, at the providers that keep the person apart. */
const personOf: Readonly<Record<string, string>> = { checkr: 'candidate_id', sterling: 'candidateId' };

/** Everything that providers received, by the mark in it. */
export function receivedBy(
  sandbox: Sandbox,
  mail: SmtpSimulator,
  dataFolder: string,
  asked: readonly Asked[],
): Map<string, Receipt[]> {
  const received = new Map<string, Receipt[]>();
  const note = (text: string, receipt: Receipt): void => {
    const mark = markPattern.exec(text)?.[0];
    if (mark !== undefined) received.set(mark, [...(received.get(mark) ?? []), receipt]);
  };
  for (const slug of chaosSlugs) {
    if (slug === 'smtp' || slug === 'local-storage') continue;
    const sent = sandbox.sent(slug);
    for (const { kind, id, data, at } of sent) {
      if (meant[slug] !== undefined && meant[slug] !== kind) continue;
      const person = sent.find((one) => one.kind === 'candidate' && one.id === data[personOf[slug] ?? '']);
      note(JSON.stringify({ id, data, person: person?.data }), { slug, at });
    }
  }
  // What has no room for a mark is known by what it was asked with.
  const only = (capability: Asked['lane']['capability']) =>
    asked.filter(({ lane }) => lane.capability === capability).map(({ mark }) => mark);
  for (const mark of only('verify.start')) {
    const code = sandbox.sent('twilio-verify').find(({ id }) => id === phoneOf(mark));
    for (let sends = Number(code?.data['sends'] ?? 0); sends > 0; sends -= 1)
      note(mark, { slug: 'twilio-verify', at: null });
  }
  for (const mark of only('payroll.export')) {
    const { periodStart } = periodOf(mark);
    const has = (data: unknown) => JSON.stringify(data).includes(`"start_date":"${periodStart}"`);
    const filled = (data: unknown) => JSON.stringify(data).includes('"hours":"80.00"');
    for (const { data } of sandbox.sent('gusto'))
      if (has(data) && filled(data)) note(mark, { slug: 'gusto', at: null });
  }
  for (const { source, at } of mail.messages()) note(source, { slug: 'smtp', at: Date.parse(at) });
  const files = existsSync(dataFolder) ? readdirSync(dataFolder, { recursive: true }) : [];
  for (const path of files.map(String)) {
    // Half of a file, of a process that was killed while it wrote.
    if (!path.endsWith('.part') && !path.endsWith('.aside')) note(path, { slug: 'local-storage', at: null });
  }
  return received;
}
