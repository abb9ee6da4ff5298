import { existsSync, readdirSync } from 'node:fs';
import type { Sandbox } from '../../packages/sandbox/src/sandbox.ts';
import type { SmtpSimulator } from '../../packages/sandbox/src/smtp.ts';
import { markPattern } from './load.ts';
import { chaosSlugs } from './plan.ts';

/** Something that a provider was given. */
interface Receipt {
  slug: string;
  /** Milliseconds since the epoch; null where nobody notes it. */
  at: number | null;
}

/** Where a provider keeps more than one thing for one action: what the action is about. */
const meant: Readonly<Record<string, string>> = { onfido: 'workflow run' };

/** Everything that providers received, by the mark in it. */
export function receivedBy(
  sandbox: Sandbox,
  mail: SmtpSimulator,
  dataFolder: string,
): Map<string, Receipt[]> {
  const received = new Map<string, Receipt[]>();
  const note = (text: string, receipt: Receipt): void => {
    const mark = markPattern.exec(text)?.[0];
    if (mark !== undefined) received.set(mark, [...(received.get(mark) ?? []), receipt]);
  };
  for (const slug of chaosSlugs) {
    if (slug === 'smtp' || slug === 'local-storage') continue;
    for (const { kind, id, data, at } of sandbox.sent(slug)) {
      if (meant[slug] === undefined || meant[slug] === kind) note(JSON.stringify({ id, data }), { slug, at });
    }
  }
  for (const { source, at } of mail.messages()) note(source, { slug: 'smtp', at: Date.parse(at) });
  const files = existsSync(dataFolder) ? readdirSync(dataFolder, { recursive: true }) : [];
  for (const path of files.map(String)) {
    // Half of a file, of a process that was killed while it wrote.
    if (!path.endsWith('.part')) note(path, { slug: 'local-storage', at: null });
  }
  return received;
}
