import { listMembers } from '@trunkline/contract/access';
import { Notice } from '../../../components/Notice.tsx';
import { useOperation } from '../../../lib/api.ts';
import { useCan } from '../../../lib/session.ts';

/** Whom to ask for what only a system administrator can set up. */
export function AskAdministrator({ provider }: { provider: string }) {
  const members = useOperation(listMembers, {}, { enabled: useCan('member.read') });
  const names = (members.data?.members ?? [])
    .filter((member) => member.role === 'system_admin')
    .map((member) => `${member.name} (${member.email})`);
  return (
    <Notice tone="degraded" title={`An app at ${provider} has to be set up first`}>
      That is done once for the whole organization, by a system administrator.{' '}
      {names.length > 0 && `Ask ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names)}.`}
    </Notice>
  );
}
