import { ArrowUp } from 'lucide-react';
import classes from './NewRows.module.css';

export interface NewRowsProps {
  /** Rows that are kept back while the list is read. */
  waiting: number;
  /** What they are, such as `deliveries`. */
  what: string;
  onShow: () => void;
}

/** Floats above a list that is kept still, and shows what has come meanwhile. Nothing while nothing waits. */
export function NewRows({ waiting, what, onShow }: NewRowsProps) {
  return (
    <>
      <span className="visually-hidden" role="status">
        {waiting > 0 ? `${waiting} new ${what} above` : ''}
      </span>
      {waiting > 0 && (
        <div className={classes.floating}>
          <button type="button" className={classes.button} onClick={onShow}>
            <ArrowUp size={14} aria-hidden /> {waiting} new
          </button>
        </div>
      )}
    </>
  );
}
