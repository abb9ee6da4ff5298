import { ArrowLeft } from 'lucide-react';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { AppLink } from './AppLink.tsx';
import { LiveIndicator } from './LiveIndicator.tsx';
import classes from './PageHeader.module.css';

export interface PageHeaderProps {
  /** The page's only h1, and the document's title. */
  title: string;
  /** Left of everything, e.g. a ProviderLogo. */
  logo?: ReactNode;
  /** Takes the place of the visible title while it is changed. */
  editor?: ReactNode;
  /** Beside the title, e.g. a StatusBadge. */
  badge?: ReactNode;
  /** One sentence under the title. */
  subtitle?: ReactNode;
  /** Shows "Live · last event … · Pause". */
  live?: boolean;
  back?: { href: string; label: string };
  actions?: ReactNode;
}

/** The first page of a visit keeps the browser's own focus; every later one starts at its heading. */
let isFirstPage = true;

function useHeadingFocus(): void {
  useEffect(() => {
    if (!isFirstPage) document.getElementById('page-title')?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
}

/** Head of a page. A plain div: a `<header>` would be a second banner landmark inside dialogs. */
export function PageHeader(props: PageHeaderProps) {
  const { title, logo, editor, badge, subtitle, live, back, actions } = props;
  useHeadingFocus();
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <div className={classes.header}>
      <div className={classes.words}>
        {back && (
          <AppLink className={classes.back} href={back.href}>
            <ArrowLeft size={14} aria-hidden /> {back.label}
          </AppLink>
        )}
        <div className={logo ? classes.lead : undefined}>
          {logo}
          <div className={classes.inner}>
            <div className={classes.title}>
              <h1
                id="page-title"
                tabIndex={-1}
                className={editor ? `${classes.title} visually-hidden` : classes.title}
              >
                {title}
              </h1>
              {editor ?? badge}
            </div>
            {(live || subtitle) && (
              <div className={classes.meta}>
                {live && <LiveIndicator />}
                {subtitle && <span>{subtitle}</span>}
              </div>
            )}
          </div>
        </div>
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
