import classes from './Brand.module.css';

/** The mark: one source, a trunk, two branches. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect className={classes.tile} width="32" height="32" rx="8" />
      <path className={classes.line} d="M12 16h5.5" />
      <path className={classes.line} d="M17.5 16c3 0 2.5-6.5 5.5-6.5M17.5 16c3 0 2.5 6.5 5.5 6.5" />
      <circle className={classes.source} cx="9" cy="16" r="3.5" />
      <circle className={classes.end} cx="24" cy="9.5" r="2.3" />
      <circle className={classes.end} cx="24" cy="22.5" r="2.3" />
    </svg>
  );
}

/** Mark and name. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <Mark /> Trunkline
    </span>
  );
}
