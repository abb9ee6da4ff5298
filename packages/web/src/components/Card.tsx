import { useId } from 'react';
import type { ReactNode } from 'react';
import classes from './Card.module.css';

export interface CardProps {
  /** An h2; makes the card a labelled region. */
  title?: string;
  description?: ReactNode;
  /** Right of the title. */
  actions?: ReactNode;
  /** No padding around the content, for tables and lists with their own rows. */
  flush?: boolean;
  footer?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A surface with a border; sections of a page are cards, 16 px apart. */
export function Card({ title, description, actions, flush, footer, children, className }: CardProps) {
  const id = useId();
  const hasHead = title || actions;
  return (
    <section
      className={className ? `${classes.card} ${className}` : classes.card}
      {...(title ? { 'aria-labelledby': id } : {})}
    >
      {hasHead && (
        <div className={classes.head}>
          <div>
            {title && (
              <h2 className={classes.title} id={id}>
                {title}
              </h2>
            )}
            {description && <p className={classes.description}>{description}</p>}
          </div>
          {actions}
        </div>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
      {footer && <div className={classes.footer}>{footer}</div>}
    </section>
  );
}
