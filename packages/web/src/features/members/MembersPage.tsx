import { Button, Modal, Select, Tooltip } from '@mantine/core';
import {
  changeMemberRole,
  getSession,
  listMembers,
  removeMember,
  resendInvitation,
  revokeInvitation,
} from '@trunkline/contract/access';
import { endMemberSessions } from '@trunkline/contract/account';
import type { OutputOf } from '@trunkline/contract/operation';
import { roles } from '@trunkline/contract/permissions';
import type { Role } from '@trunkline/contract/permissions';
import { Mail, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { roleNames, useCan, useSession } from '../../lib/session.ts';
import { InvitationLink, InviteDialog } from './InviteDialog.tsx';
import type { Invited } from './InviteDialog.tsx';
import { RoleMatrix } from './RoleMatrix.tsx';
import { SsoCard } from './SsoCard.tsx';
import { SignInPolicyCard } from './SignInPolicyCard.tsx';
import { roleDifference } from './role-words.ts';
import classes from './MembersPage.module.css';

type Member = OutputOf<typeof listMembers>['members'][number];
type Invitation = OutputOf<typeof listMembers>['invitations'][number];

const onlySystemAdministrators = 'Only a system administrator manages members.';
const lastAdministrator = 'The last system administrator stays. Make somebody else one first.';
const roleChoices = roles.map((role) => ({ value: role, label: roleNames[role] }));

const withArticle = (role: Role) => `a ${roleNames[role].toLowerCase()}`;

function Acts({ lead, acts }: { lead: string; acts: readonly string[] }) {
  if (acts.length === 0) return null;
  return (
    <div>
      <p>{lead}</p>
      <ul className={classes.acts}>
        {acts.map((act) => (
          <li key={act}>{act}</li>
        ))}
      </ul>
    </div>
  );
}

function RoleChangeText({ member, role, isSelf }: { member: Member; role: Role; isSelf: boolean }) {
  const { gained, lost } = roleDifference(member.role, role);
  const who = isSelf ? 'You' : member.name;
  return (
    <Stack gap={12}>
      <Acts lead={`${who} may then also:`} acts={gained} />
      <Acts lead={`${who} may no longer:`} acts={lost} />
      {isSelf && lost.length > 0 && <p>Another system administrator must give the role back to you.</p>}
      <p>It applies from the next request on.</p>
    </Stack>
  );
}

interface MemberActs {
  /** The person may manage members. */
  may: boolean;
  me: string | undefined;
  isLast: (member: Member) => boolean;
  onRole: (member: Member, role: Role) => void;
  onSignOut: (member: Member) => void;
  onRemove: (member: Member) => void;
}

function memberColumns({ may, me, isLast, onRole, onSignOut, onRemove }: MemberActs): Column<Member>[] {
  return [
    {
      key: 'name',
      header: 'Name',
      rowHeader: true,
      compare: (a, b) => a.name.localeCompare(b.name),
      cell: (row) => (
        <CellText
          primary={
            <>
              {row.name}
              {row.userId === me && <span className={classes.you}>You</span>}
            </>
          }
          secondary={row.email}
        />
      ),
    },
    {
      key: 'role',
      header: 'Role',
      narrow: 'full',
      cell: (row) =>
        may ? (
          <Tooltip label={lastAdministrator} disabled={!isLast(row)}>
            <Select
              className={classes.role}
              aria-label={`Role of ${row.name}`}
              data={roleChoices}
              value={row.role}
              readOnly={isLast(row)}
              onChange={(role) => {
                if (role && role !== row.role) onRole(row, role);
              }}
            />
          </Tooltip>
        ) : (
          roleNames[row.role]
        ),
    },
    {
      key: 'seen',
      header: 'Last seen',
      cell: (row) => <RelativeTime at={row.lastSeenAt} empty="Not yet" />,
    },
    {
      key: 'joined',
      header: 'Joined',
      compare: (a, b) => a.joinedAt.localeCompare(b.joinedAt),
      cell: (row) => <RelativeTime at={row.joinedAt} />,
    },
    {
      key: 'actions',
      header: 'Actions',
      hideHeader: true,
      align: 'end',
      narrow: 'full',
      cell: (row) => (
        <div className={classes.actions}>
          {row.userId !== me && (
            <LockedAction permission="member.write" reason={onlySystemAdministrators}>
              <Button size="xs" variant="default" onClick={() => onSignOut(row)}>
                Sign out
              </Button>
            </LockedAction>
          )}
          {may && isLast(row) ? (
            <Tooltip label={lastAdministrator}>
              <Button size="xs" variant="default" aria-disabled data-locked type="button">
                Remove
              </Button>
            </Tooltip>
          ) : (
            <LockedAction permission="member.write" reason={onlySystemAdministrators}>
              <Button size="xs" variant="default" onClick={() => onRemove(row)}>
                Remove
              </Button>
            </LockedAction>
          )}
        </div>
      ),
    },
  ];
}

/** What became of the email with the link. */
function MailState({ mail }: { mail: Invitation['mail'] }) {
  if (mail.state === 'none') return <>Passed on by hand</>;
  if (mail.state === 'sent') {
    return (
      <CellText
        primary={<StatusBadge status="delivered" label="Sent" plain />}
        secondary={<RelativeTime at={mail.sentAt} />}
      />
    );
  }
  if (mail.state === 'failed') {
    return (
      <CellText primary={<StatusBadge status="failed" label="Not sent" plain />} secondary={mail.problem} />
    );
  }
  if (mail.problem === null) return <StatusBadge status="waiting" label="Being sent" plain />;
  return (
    <CellText
      primary={<StatusBadge status="retrying" label="Trying again" plain />}
      secondary={mail.problem}
    />
  );
}

function invitationColumns(
  onResend: (invitation: Invitation) => void,
  onRevoke: (invitation: Invitation) => void,
): Column<Invitation>[] {
  return [
    {
      key: 'email',
      header: 'E-mail',
      rowHeader: true,
      cell: (row) => <CellText primary={row.email} secondary={`Invited by ${row.invitedBy}`} />,
    },
    { key: 'role', header: 'Role', cell: (row) => roleNames[row.role] },
    { key: 'made', header: 'Made', cell: (row) => <RelativeTime at={row.createdAt} /> },
    { key: 'mail', header: 'Message', narrow: 'full', cell: (row) => <MailState mail={row.mail} /> },
    { key: 'expires', header: 'Expires', cell: (row) => <RelativeTime at={row.expiresAt} /> },
    {
      key: 'actions',
      header: 'Actions',
      hideHeader: true,
      align: 'end',
      narrow: 'full',
      cell: (row) => (
        <div className={classes.actions}>
          <LockedAction permission="member.write" reason={onlySystemAdministrators}>
            <Button size="xs" variant="default" onClick={() => onResend(row)}>
              {row.mail.state === 'none' ? 'New link' : 'Resend'}
            </Button>
          </LockedAction>
          <LockedAction permission="member.write" reason={onlySystemAdministrators}>
            <Button size="xs" variant="default" onClick={() => onRevoke(row)}>
              Revoke
            </Button>
          </LockedAction>
        </div>
      ),
    },
  ];
}

interface MembersTableProps {
  members: readonly Member[];
  isPending: boolean;
  error: ReturnType<typeof useOperation<typeof listMembers>>['error'];
  onRetry: () => void;
  onRole: (member: Member, role: Role) => void;
  onSignOut: (member: Member) => void;
  onRemove: (member: Member) => void;
}

function MembersTable({
  members,
  isPending,
  error,
  onRetry,
  onRole,
  onSignOut,
  onRemove,
}: MembersTableProps) {
  const may = useCan('member.write');
  const me = useSession().user?.id;
  const administrators = members.filter(({ role }) => role === 'system_admin').length;
  const isLast = (member: Member) => member.role === 'system_admin' && administrators === 1;

  return (
    <DataTable
      caption="Members"
      rows={members}
      rowKey={(row) => row.userId}
      isPending={isPending}
      error={error}
      onRetry={onRetry}
      empty={<EmptyState title="No members" />}
      columns={memberColumns({ may, me, isLast, onRole, onSignOut, onRemove })}
    />
  );
}

/** `/members`: people, open invitations, and what each role may do (ACC-1). */
export function MembersPage() {
  const session = useSession();
  const me = session.user?.id;
  const query = useOperation(listMembers, {});
  const [inviting, setInviting] = useState(false);
  const [roleChange, setRoleChange] = useState<{ member: Member; role: Role } | null>(null);
  const [signingOut, setSigningOut] = useState<Member | null>(null);
  const [removing, setRemoving] = useState<Member | null>(null);
  const [resending, setResending] = useState<Invitation | null>(null);
  const [resent, setResent] = useState<Invited | null>(null);
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const changeRole = useOperationMutation(changeMemberRole, { invalidates: [listMembers, getSession] });
  const endSessions = useOperationMutation(endMemberSessions, { invalidates: [listMembers] });
  const remove = useOperationMutation(removeMember, { invalidates: [listMembers] });
  const resend = useOperationMutation(resendInvitation, { invalidates: [listMembers] });
  const revoke = useOperationMutation(revokeInvitation, { invalidates: [listMembers] });

  const members = query.data?.members ?? [];
  const invitations = query.data?.invitations ?? [];
  const administrators = members.filter(({ role }) => role === 'system_admin');

  return (
    <>
      <PageHeader
        title="Members"
        live
        subtitle={`Who works in ${session.organization?.name ?? 'this organization'}.`}
        actions={
          <LockedAction permission="member.write" reason={onlySystemAdministrators}>
            <Button leftSection={<UserPlus aria-hidden />} onClick={() => setInviting(true)}>
              Invite
            </Button>
          </LockedAction>
        }
      />
      <Stack>
        <Card
          flush
          title="People"
          {...(administrators.length === 1
            ? {
                description: `${administrators[0]?.name ?? ''} is the only system administrator, and stays one until there is another.`,
              }
            : {})}
        >
          <MembersTable
            members={members}
            isPending={query.isPending}
            error={query.error}
            onRetry={() => void query.refetch()}
            onRole={(member, role) => setRoleChange({ member, role })}
            onSignOut={setSigningOut}
            onRemove={setRemoving}
          />
        </Card>
        {query.data && (
          <Card flush title="Invitations" description="Links that nobody has used yet.">
            <DataTable
              caption="Open invitations"
              rows={invitations}
              rowKey={(row) => row.id}
              empty={
                <EmptyState icon={Mail} title="No open invitations">
                  An invitation stays here until it is used, revoked, or seven days old.
                </EmptyState>
              }
              columns={invitationColumns(setResending, setRevoking)}
            />
          </Card>
        )}
        <SignInPolicyCard />
        <SsoCard />
        <Card
          flush
          title="Roles"
          description="What each role may do. The API key is a program, not a person, and holds no role."
        >
          <RoleMatrix />
        </Card>
      </Stack>

      <InviteDialog
        opened={inviting}
        onClose={() => setInviting(false)}
        byMail={query.data?.invitesByMail ?? false}
      />
      <Modal
        opened={resent !== null}
        onClose={() => setResent(null)}
        title="Invitation link"
        closeOnClickOutside={false}
      >
        {resent && <InvitationLink invited={resent} onClose={() => setResent(null)} />}
      </Modal>
      <ConfirmDialog
        opened={resending !== null}
        onClose={() => setResending(null)}
        title={`Invite ${resending?.email ?? 'this person'} again?`}
        confirmLabel={query.data?.invitesByMail ? 'Send again' : 'Make a new link'}
        onConfirm={async () => {
          if (resending) setResent(await resend.mutateAsync({ id: resending.id }));
        }}
      >
        There is a new link, for seven days. The one before stops working.
      </ConfirmDialog>
      <ConfirmDialog
        opened={roleChange !== null}
        onClose={() => setRoleChange(null)}
        title={
          roleChange
            ? `Make ${roleChange.member.userId === me ? 'yourself' : roleChange.member.name} ${withArticle(roleChange.role)}?`
            : 'Change the role?'
        }
        confirmLabel="Change role"
        onConfirm={async () => {
          if (!roleChange) return;
          await changeRole.mutateAsync({ userId: roleChange.member.userId, role: roleChange.role });
          notifyDone(`${roleChange.member.name} is now ${withArticle(roleChange.role)}`);
        }}
      >
        {roleChange && (
          <RoleChangeText
            member={roleChange.member}
            role={roleChange.role}
            isSelf={roleChange.member.userId === me}
          />
        )}
      </ConfirmDialog>
      <ConfirmDialog
        opened={signingOut !== null}
        onClose={() => setSigningOut(null)}
        title={`Sign ${signingOut?.name ?? 'this person'} out everywhere?`}
        confirmLabel="Sign out everywhere"
        onConfirm={async () => {
          if (!signingOut) return;
          const { ended } = await endSessions.mutateAsync({ userId: signingOut.userId });
          notifyDone(`${ended} session${ended === 1 ? '' : 's'} of ${signingOut.name} ended`);
        }}
      >
        All their sessions in this organization end with the next click. They can sign in again; remove them
        if they must not.
      </ConfirmDialog>
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={removing?.userId === me ? 'Remove yourself?' : `Remove ${removing?.name ?? 'this person'}?`}
        confirmLabel={removing?.userId === me ? 'Remove myself' : 'Remove member'}
        danger
        onConfirm={async () => {
          if (!removing) return;
          await remove.mutateAsync({ userId: removing.userId });
          // Without this organization there is no page to stay on.
          if (removing.userId === me) window.location.assign('/');
          else notifyDone(`${removing.name} was removed`);
        }}
      >
        {removing?.userId === me ? 'You lose' : `${removing?.name ?? 'This person'} loses`} access at once,
        and the invitations {removing?.userId === me ? 'you' : 'they'} made stop working. What{' '}
        {removing?.userId === me ? 'you' : 'they'} did stays in the audit log.
      </ConfirmDialog>
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke the invitation of ${revoking?.email ?? 'this person'}?`}
        confirmLabel="Revoke invitation"
        danger
        onConfirm={async () => {
          if (!revoking) return;
          await revoke.mutateAsync({ id: revoking.id });
          notifyDone('Invitation revoked');
        }}
      >
        The link stops working. You can invite the person again.
      </ConfirmDialog>
    </>
  );
}
