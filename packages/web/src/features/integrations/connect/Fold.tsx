import { ChevronRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import classes from './connect.module.css';

export interface FoldProps {
  title: string;
  /** Opens it: something inside needs attention. */
  forced?: boolean;
  children: ReactNode;
}

/** What not everybody needs, behind its title. */
export function Fold({ title, forced, children }: FoldProps) {
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (forced && fold.current) fold.current.open = true;
  }, [forced]);
  return (
    <details className={classes.fold} ref={fold}>
      <summary>
        <ChevronRight size={14} aria-hidden /> {title}
      </summary>
      <div>{children}</div>
    </details>
  );
}
