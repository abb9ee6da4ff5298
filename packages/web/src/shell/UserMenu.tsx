import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { CircleUserRound, LogOut } from 'lucide-react';
import { roleNames, useSession } from '../lib/session.ts';
import { signOutHere } from './sign-out.ts';
import classes from './Shell.module.css';

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}

/** Who is signed in, in which role, their account, and signing out. */
export function UserMenu() {
  const { user, role, version } = useSession();
  const navigate = useNavigate();
  if (!user) return null;
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <button type="button" className={classes.user}>
          <span className={classes.avatar} aria-hidden>
            {initials(user.name)}
          </span>
          <span className={classes.userWords}>
            <span className={classes.userName}>{user.name}</span>
            <span className={classes.userRole}>{role ? roleNames[role] : 'No role'}</span>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item
          leftSection={<CircleUserRound aria-hidden />}
          onClick={() => void navigate({ to: '/account' })}
        >
          Your account
        </Menu.Item>
        <Menu.Item leftSection={<LogOut aria-hidden />} onClick={() => void signOutHere()}>
          Sign out
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Trunkline {version}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
