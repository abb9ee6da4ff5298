import { monogram, monogramHue } from './monogram.ts';
import classes from './ProviderLogo.module.css';

export interface ProviderLogoProps {
  slug: string;
  name: string;
  /** Edge in px: 36 in rows and cards, 48 at the head of a dialog or page. */
  size?: 28 | 36 | 48;
}

/**
 * The mark of a provider: a monogram in a colour of its own. Trademarks stay with their owners, and a provider that
 * an organization adds looks like all others. Decoration only: the name always stands beside it.
 */
export function ProviderLogo({ slug, name, size = 36 }: ProviderLogoProps) {
  return (
    <span className={classes.logo} data-size={size} data-hue={monogramHue(slug)} aria-hidden>
      {monogram(name)}
    </span>
  );
}
