import { ActionIcon, Button, Drawer } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Building2, Menu as MenuIcon, Search, ShieldCheck } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { AppLink } from '../components/AppLink.tsx';
import { Brand } from '../components/Brand.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { StatusBanner } from '../features/alerts/StatusBanner.tsx';
import { ButtonLink } from '../features/webhooks/ButtonLink.tsx';
import { startLive } from '../lib/live.ts';
import { useSession } from '../lib/session.ts';
import type { Session } from '../lib/session.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { NavigationList } from './NavigationList.tsx';
import { OrganizationSwitcher } from './OrganizationSwitcher.tsx';
import { signOutHere } from './sign-out.ts';
import { useTracking } from './use-tracking.ts';
import { ThemeMenu } from './ThemeMenu.tsx';
import { UserMenu } from './UserMenu.tsx';
import classes from './Shell.module.css';

/** ⌘ on Apple keyboards, Ctrl elsewhere. */
const searchKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';

function SideContents({ onSearch }: { onSearch: () => void }) {
  return (
    <div className={classes.inner}>
      <div className={classes.top}>
        <AppLink className={classes.home} href="/">
          <Brand />
        </AppLink>
        <OrganizationSwitcher />
      </div>
      <button
        type="button"
        className={classes.search}
        onClick={onSearch}
        aria-keyshortcuts="Meta+K Control+K"
      >
        <Search size={15} aria-hidden />
        <span>Search or jump to…</span>
        <kbd className={classes.key}>{searchKey}</kbd>
      </button>
      <NavigationList />
      <div className={classes.foot}>
        <UserMenu />
        <ThemeMenu />
      </div>
    </div>
  );
}

function NoOrganization() {
  return (
    <>
      <h1 className="visually-hidden">No organization</h1>
      <EmptyState
        icon={Building2}
        title="You belong to no organization"
        actions={
          <Button variant="default" onClick={() => void signOutHere()}>
            Sign out
          </Button>
        }
      >
        Ask a system administrator to invite you again, then open the link of the invitation.
      </EmptyState>
    </>
  );
}

/** The organization asks for what the session lacks; here is the way to it. */
function Missing({ what, organization }: { what: Session['missing']; organization: string }) {
  if (what === 'sso') {
    return (
      <>
        <h1 className="visually-hidden">Single sign-on</h1>
        <EmptyState
          icon={ShieldCheck}
          title={`${organization} signs in through its identity provider`}
          actions={<Button onClick={() => void signOutHere()}>Sign out</Button>}
        >
          Sign out, then choose Single sign-on and enter your e-mail address.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <h1 className="visually-hidden">Second factor</h1>
      <EmptyState
        icon={ShieldCheck}
        title={`${organization} asks for a second factor`}
        actions={<ButtonLink href="/account">Set up a second factor</ButtonLink>}
      >
        Everything else opens as soon as you have an authenticator app or a passkey. It takes two minutes.
      </EmptyState>
    </>
  );
}

/** Frame of every page for signed-in people: navigation, search, live updates and the page itself. */
export function Shell() {
  const session = useSession();
  const [menuOpened, setMenuOpened] = useState(false);
  const [searchOpened, setSearchOpened] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });

  const isOpen = session.organization !== null && session.missing === null;
  useEffect(() => startLive(isOpen), [isOpen]);
  useTracking(isOpen ? (session.organization?.id ?? null) : null);
  useEffect(() => {
    setMenuOpened(false);
    window.scrollTo(0, 0);
  }, [path]);

  function openSearch(): void {
    setMenuOpened(false);
    setSearchOpened(true);
  }
  useHotkeys([['mod+K', openSearch]], []);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <aside className={classes.side} aria-label="Trunkline">
        <SideContents onSearch={openSearch} />
        <div className={classes.bar}>
          <ActionIcon
            aria-label="Open the menu"
            aria-expanded={menuOpened}
            onClick={() => setMenuOpened(true)}
          >
            <MenuIcon aria-hidden />
          </ActionIcon>
          <AppLink className={classes.home} href="/">
            <Brand />
          </AppLink>
          <ActionIcon aria-label="Search" onClick={openSearch}>
            <Search aria-hidden />
          </ActionIcon>
        </div>
      </aside>
      <Drawer.Root opened={menuOpened} onClose={() => setMenuOpened(false)} size={272}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Menu">
          <Drawer.Body className={classes.drawer}>
            <SideContents onSearch={openSearch} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <main className={classes.main} id="main" tabIndex={-1}>
        <div className={classes.page}>
          {isOpen || path === '/account' ? (
            <Suspense>
              {isOpen && <StatusBanner />}
              <Outlet />
            </Suspense>
          ) : session.organization ? (
            <Missing what={session.missing} organization={session.organization.name} />
          ) : (
            <NoOrganization />
          )}
        </div>
      </main>
      <CommandPalette opened={searchOpened} onClose={() => setSearchOpened(false)} />
    </div>
  );
}
