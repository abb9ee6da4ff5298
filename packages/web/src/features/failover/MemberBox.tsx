import type { FailoverMember } from '@trunkline/contract/failover';
import type { ReactNode } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { standingOf } from './failover-words.ts';
import classes from './Failover.module.css';

export interface MemberBoxProps {
  member: FailoverMember;
  isActive: boolean;
  /** What stands beside the name of one that is active. */
  activeWords?: string;
  /** Below the address. */
  note?: ReactNode;
  actions?: ReactNode;
}

/** One integration of a chain: who it is, where its calls go, how it stands, and what can be done. */
export function MemberBox({
  member,
  isActive,
  activeWords = 'Currently active',
  note,
  actions,
}: MemberBoxProps) {
  const { status, label } = standingOf(member, isActive);
  return (
    <div className={classes.member} data-active={isActive || undefined}>
      <ProviderLogo slug={member.provider.slug} name={member.provider.name} size={36} />
      <div className={classes.who}>
        <div className={classes.name}>
          <AppLink href={`/integrations/${member.id}`}>{member.name}</AppLink>
          {isActive && <span className={classes.now}>{activeWords}</span>}
        </div>
        <div className={classes.address}>
          {member.provider.name}
          {member.address !== null && <span className="mono"> · {member.address}</span>}
        </div>
        {member.problem && <div className={classes.problem}>{member.problem.title}</div>}
        {note}
      </div>
      <StatusBadge status={status} label={label} />
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
