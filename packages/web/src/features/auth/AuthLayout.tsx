import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { Brand } from '../../components/Brand.tsx';
import classes from './AuthLayout.module.css';

export interface AuthLayoutProps {
  title: string;
  lead: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}

/** Frame of the pages for people who are not signed in. */
export function AuthLayout({ title, lead, foot, children }: AuthLayoutProps) {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.brand}>
          <Brand />
        </div>
        <div className={classes.card}>
          <h1 className={classes.title}>{title}</h1>
          <p className={classes.lead}>{lead}</p>
          {children}
        </div>
        {foot && <p className={classes.foot}>{foot}</p>}
      </div>
    </main>
  );
}
