import { Menu } from '@mantine/core';
import { switchOrganization } from '@trunkline/contract/access';
import { Check, ChevronsUpDown } from 'lucide-react';
import { useOperationMutation } from '../lib/api.ts';
import { announceSession } from '../lib/live.ts';
import { notifyError } from '../lib/notify.ts';
import { roleNames, useSession } from '../lib/session.ts';
import classes from './Shell.module.css';

/** The organization that is worked in, and the way to another one. */
export function OrganizationSwitcher() {
  const { organization, organizations } = useSession();
  const change = useOperationMutation(switchOrganization, {
    onSuccess: () => {
      announceSession();
      // What is open may not exist in the other organization.
      window.location.assign('/');
    },
    onError: notifyError,
  });
  if (!organization) return null;
  if (organizations.length < 2) {
    return (
      <span className={classes.organization} data-single title={organization.name}>
        <span>{organization.name}</span>
      </span>
    );
  }
  return (
    <Menu width={240}>
      <Menu.Target>
        <button
          type="button"
          className={classes.organization}
          aria-label={`Organization: ${organization.name}`}
          title={organization.name}
          disabled={change.isPending}
        >
          <span>{organization.name}</span>
          <ChevronsUpDown size={13} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Organizations</Menu.Label>
        {organizations.map((each) => (
          <Menu.Item
            key={each.id}
            rightSection={each.id === organization.id ? <Check size={14} aria-label="current" /> : null}
            onClick={() => {
              if (each.id !== organization.id) change.mutate({ organizationId: each.id });
            }}
          >
            {each.name}
            <span className={classes.userRole}>{roleNames[each.role]}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
