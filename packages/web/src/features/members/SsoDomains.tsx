import { checkSsoDomain, getSso } from '@trunkline/contract/sso';
import type { SsoDomain } from '@trunkline/contract/sso';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { FormError } from '../../components/FormError.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import classes from './MembersPage.module.css';

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className={classes.copied}>
      <span className={classes.mono}>{text}</span>
      <CopyButton label={label} value={text} />
    </span>
  );
}

/** What it means that the record is not there. */
function adviceFor({ missingSince, lapsesAt }: SsoDomain): ReactNode {
  if (lapsesAt !== null) {
    return (
      <>
        The record that proves it was there, and is gone since {formatAbsolute(missingSince ?? lapsesAt)}.
        Until {formatAbsolute(lapsesAt)} people of this domain still come here from the sign-in page. Set it
        again to keep it so.
      </>
    );
  }
  const only = 'People of this domain sign in by the sign-in link only.';
  return missingSince === null
    ? `${only} Set this record at the domain's name server to lead them here from the sign-in page.`
    : `${only} The record that proved it is gone since ${formatAbsolute(missingSince)}. Set it again to lead them here from the sign-in page.`;
}

function State({ domain: { provedAt, missingSince } }: { domain: SsoDomain }) {
  if (provedAt === null) {
    return missingSince === null ? (
      <StatusBadge status="waiting" label="Not proved yet" plain />
    ) : (
      <StatusBadge status="error" label="Not proved any more" plain />
    );
  }
  return missingSince === null ? (
    <StatusBadge status="delivered" label="Proved" plain />
  ) : (
    <StatusBadge status="degraded" label="Proof is gone" plain />
  );
}

function Unproved({ domain, reason }: { domain: SsoDomain; reason: string }) {
  const [asked, setAsked] = useState(false);
  const check = useOperationMutation(checkSsoDomain, { invalidates: [getSso] });
  return (
    <>
      <p className={classes.quiet}>{adviceFor(domain)}</p>
      <KeyValueList
        items={[
          { label: 'Type', value: 'TXT' },
          {
            label: 'Name',
            value: <Copied text={domain.recordName} label={`Copy name for ${domain.domain}`} />,
          },
          {
            label: 'Value',
            value: <Copied text={domain.recordValue} label={`Copy value for ${domain.domain}`} />,
          },
        ]}
      />
      <Row>
        <LockedAction permission="sign_in.write" reason={reason}>
          <BusyButton
            size="xs"
            variant="default"
            busy={check.isPending}
            onClick={() => {
              setAsked(true);
              check.mutate({ domain: domain.domain });
            }}
          >
            Check now
          </BusyButton>
        </LockedAction>
        <span role="status" className={classes.quiet}>
          {domain.problem}
          {domain.checkedAt !== null && (
            <>
              {' '}
              Checked <RelativeTime at={domain.checkedAt} />.
            </>
          )}
        </span>
      </Row>
      {asked && (
        <FormError message={check.error?.detail ?? null} requestId={check.error?.requestId ?? null} />
      )}
    </>
  );
}

/** The organization's domains: proved, or with the record that proves them. */
export function SsoDomains({ domains, reason }: { domains: readonly SsoDomain[]; reason: string }) {
  return (
    <ul className={classes.domains} aria-label="E-mail domains">
      {domains.map((domain) => (
        <li key={domain.domain} className={classes.domain}>
          <Row>
            <strong>{domain.domain}</strong>
            <State domain={domain} />
          </Row>
          {(domain.provedAt === null || domain.missingSince !== null) && (
            <Unproved domain={domain} reason={reason} />
          )}
        </li>
      ))}
    </ul>
  );
}
