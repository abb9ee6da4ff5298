import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { inviteMember, listMembers } from '@trunkline/contract/access';
import type { OutputOf } from '@trunkline/contract/operation';
import { roles } from '@trunkline/contract/permissions';
import type { Role } from '@trunkline/contract/permissions';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { roleNames } from '../../lib/session.ts';
import { roleDescriptions } from './role-words.ts';
import classes from './MembersPage.module.css';

export type Invited = OutputOf<typeof inviteMember>;

interface InviteFormProps {
  byMail: boolean;
  onClose: () => void;
  onInvited: (invited: Invited) => void;
}

function InviteForm({ byMail, onClose, onInvited }: InviteFormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<{ email: string; role: Role }>({
    initialValues: { email: '', role: 'utility_admin' },
    validate: {
      email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : 'Enter an e-mail address'),
    },
  });
  const invite = useOperationMutation(inviteMember, {
    invalidates: [listMembers],
    onSuccess: onInvited,
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, role }) => {
        setProblem(null);
        invite.mutate({ email: email.trim(), role });
      })}
    >
      <Stack>
        <p>
          {byMail ? 'The person gets an email with a link.' : 'You get a link to send to the person.'} It
          works once, for seven days.
        </p>
        <FormError message={problem} requestId={invite.error?.requestId ?? null} />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <Radio.Group label="Role" {...form.getInputProps('role')}>
          <div className={classes.choices}>
            {roles.map((role) => (
              <Radio key={role} value={role} label={roleNames[role]} description={roleDescriptions[role]} />
            ))}
          </div>
        </Radio.Group>
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={invite.isPending}>
          {byMail ? 'Send invitation' : 'Create invitation link'}
        </BusyButton>
      </DialogFooter>
    </form>
  );
}

/** Shows the link of a new invitation; no other time does anybody see it. */
export function InvitationLink({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const { invitation, url } = invited;
  return (
    <>
      <Stack>
        <Notice tone="active" role="status" title={`${invitation.email} is invited`}>
          As {roleNames[invitation.role].toLowerCase()}.{' '}
          {invitation.mail.state === 'none'
            ? 'Send them this link: it is not sent by itself, and it is shown only now.'
            : 'An email with the link is on its way. If it does not arrive, pass the link on yourself: it is shown only now.'}
        </Notice>
        <div className={classes.link}>
          <TextInput
            label="Invitation link"
            value={url}
            readOnly
            classNames={{ input: classes.mono ?? '' }}
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton withLabel label="Copy link" value={url} />
        </div>
        <p className={classes.quiet}>It works once, until {formatAbsolute(invitation.expiresAt)}.</p>
      </Stack>
      <DialogFooter>
        <Button onClick={onClose}>Done</Button>
      </DialogFooter>
    </>
  );
}

export interface InviteDialogProps {
  opened: boolean;
  onClose: () => void;
  /** Invitations go by email. */
  byMail: boolean;
}

/** Invites a person: asks for address and role, then shows the link (ACC-1). */
export function InviteDialog({ opened, onClose, byMail }: InviteDialogProps) {
  const [invited, setInvited] = useState<Invited | null>(null);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={invited ? 'Invitation link' : 'Invite a person'}
      closeOnClickOutside={invited === null}
      onExitTransitionEnd={() => setInvited(null)}
    >
      {invited ? (
        <InvitationLink invited={invited} onClose={onClose} />
      ) : (
        <InviteForm byMail={byMail} onClose={onClose} onInvited={setInvited} />
      )}
    </Modal>
  );
}
