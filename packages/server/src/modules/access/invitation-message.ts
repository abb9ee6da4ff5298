import type { Role } from '@trunkline/contract/permissions';
import { escapeHtml } from '../../lib/escape-html.ts';
import { oneLine } from '../../lib/one-line.ts';

/** What an invitation says. */
export interface InvitationContent {
  /** Who invites; null when they are gone. */
  inviter: string | null;
  organization: string;
  brand: string;
  role: Role;
  /** The link that works once. */
  url: string;
  expiresAt: Date;
}

const roleWords: Record<Role, string> = {
  system_admin: 'a system administrator',
  utility_admin: 'a utility administrator',
  viewer: 'a viewer',
};

/** The message as text and as simple HTML. Names come from people: they end no line and open no element. */
export function composeInvitation(content: InvitationContent): {
  subject: string;
  text: string;
  html: string;
} {
  const organization = oneLine(content.organization);
  const inviter = content.inviter === null ? null : oneLine(content.inviter);
  const { brand, url } = content;
  const what =
    inviter === null
      ? `You are invited to join ${organization} on ${brand}`
      : `${inviter} invites you to join ${organization} on ${brand}`;
  const until = `${new Date(content.expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const lead = `${what}, as ${roleWords[content.role]}.`;
  const once = `This link works once, until ${until}:`;
  const otherwise =
    'If you do not know what this is about, ignore this message: nothing happens without the link.';
  return {
    subject: what,
    text: `${[lead, once, url, otherwise].join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en">
<body style="font-family: sans-serif; line-height: 1.5; color: #16181d">
<p>${escapeHtml(lead)}</p>
<p>${escapeHtml(once)}</p>
<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>
<p style="color: #5b6472">${escapeHtml(otherwise)}</p>
</body>
</html>
`,
  };
}
