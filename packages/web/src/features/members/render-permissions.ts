import { operations } from '@trunkline/contract/operations';
import type { Operation } from '@trunkline/contract/operation';
import { actorKinds } from '@trunkline/contract/permissions';
import type { ActorKind } from '@trunkline/contract/permissions';
import { roleDescriptions, roleMatrix } from './role-words.ts';

const columns: Record<ActorKind, string> = {
  system_admin: 'System administrator',
  utility_admin: 'Utility administrator',
  viewer: 'Viewer',
  api_key: 'API key',
};

const all: Operation[] = Object.values(operations);

function list(found: Operation[]): string {
  return found.map(({ name }) => `\`${name}\``).join(', ');
}

/** tRPC, and each address in REST. */
const fronts = all.reduce((sum, { rest }) => sum + 1 + rest.length, 0);

function area({ area: name, rows }: ReturnType<typeof roleMatrix>[number]): string {
  const lines = rows.map(({ permission, act, allowed }) => {
    const marks = actorKinds.map((kind) => (allowed[kind] ? 'yes' : '–'));
    const uses = list(all.filter((operation) => operation.permission === permission));
    return `| ${act} | ${marks.join(' | ')} | \`${permission}\` | ${uses} |`;
  });
  return `## ${name}

| may | ${actorKinds.map((kind) => columns[kind]).join(' | ')} | permission | operations |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}`;
}

/** The page docs/permissions.md: the matrix that the server applies, in the words of the members page. */
export function renderPermissions(): string {
  const roles = (['system_admin', 'utility_admin', 'viewer'] as const).map(
    (role) => `- **${columns[role]}**: ${roleDescriptions[role]}`,
  );
  return `<!-- prettier-ignore-start -->
# Permissions

Made from \`packages/contract/src/permissions.ts\`, which the server applies to every call, and from the words of the members page.

The isolation test tries all ${all.length} operations on all their ${fronts} fronts (tRPC and REST) as ten callers: signed out, the three
roles, a session that proved long ago who it is, an API key, an administrator and an API key of another organization, a person
without one and a removed member. Each must get exactly what this page says.

${roles.join('\n')}
- **${columns.api_key}**: a program with the organization's key. It is no person and holds no role.

${roleMatrix().map(area).join('\n\n')}

## Only after confirming who one is

A person who calls these must have signed in, or confirmed with password, code, passkey or at the identity provider, in the last five minutes:
${list(all.filter(({ fresh }) => fresh))}.

## Only for people

No API key may call these: ${list(all.filter(({ people }) => people))}.

## Any signed-in person

Their own account, whatever their role: ${list(all.filter(({ permission }) => permission === 'session'))}.

## Without signing in

${list(all.filter(({ permission }) => permission === 'public'))}.
<!-- prettier-ignore-end -->
`;
}
