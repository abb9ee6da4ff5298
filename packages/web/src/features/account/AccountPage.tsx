import { Skeleton } from '@mantine/core';
import { getAccount } from '@trunkline/contract/account';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { useSession } from '../../lib/session.ts';
import { PasswordCard } from './PasswordCard.tsx';
import { ProfileCard } from './ProfileCard.tsx';
import { SecondFactorsCard } from './SecondFactorsCard.tsx';
import { SessionsCard } from './SessionsCard.tsx';

function Contents() {
  const session = useSession();
  const query = useOperation(getAccount, {});
  if (!query.data) {
    return query.error ? (
      <Card flush>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Card>
    ) : (
      <Card>
        <Skeleton height={120} aria-label="Loading" />
      </Card>
    );
  }
  const account = query.data;
  return (
    <Stack>
      {session.missing === 'second_factor' && (
        <Notice
          tone="degraded"
          title={`${session.organization?.name ?? 'Your organization'} asks for a second factor`}
        >
          Set up an authenticator app or a passkey below. Everything else opens as soon as you have.
        </Notice>
      )}
      {account.bound ? (
        <Card title="Profile">
          <Stack>
            <KeyValueList
              items={[
                { label: 'Name', value: account.name },
                { label: 'E-mail', value: account.email },
              ]}
            />
            <Notice>
              You signed in through your organization, which looks after your password and second factors. An
              account belongs to its person: to change it here, sign in with a password or a passkey, if you
              have one.
            </Notice>
          </Stack>
        </Card>
      ) : (
        <>
          <ProfileCard account={account} />
          {account.hasPassword && <PasswordCard email={account.email} />}
          <SecondFactorsCard account={account} />
        </>
      )}
      <SessionsCard />
    </Stack>
  );
}

/** `/account`: one's own name, password, second factors and sessions (ACC-1). */
export function AccountPage() {
  return (
    <>
      <PageHeader title="Your account" subtitle="It is the same in every organization that you work in." />
      <Contents />
    </>
  );
}
