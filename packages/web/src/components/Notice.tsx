import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from './StatusBadge.tsx';
import classes from './Notice.module.css';

const icons = { active: CircleCheck, degraded: TriangleAlert, error: CircleX, syncing: Info, disabled: Info };

export interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** Read out when it appears: `alert` for a refusal, `status` for a result. */
  role?: 'alert' | 'status';
}

/** A message inside a page or form: what is so, and what to do. */
export function Notice({ tone = 'syncing', title, children, actions, role }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <Icon size={16} aria-hidden />
      <div className={classes.words}>
        {title && <div className={classes.title}>{title}</div>}
        {children && <div className={classes.text}>{children}</div>}
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}
