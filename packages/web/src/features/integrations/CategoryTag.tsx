import type { CatalogCategory } from '@trunkline/contract/catalog';
import classes from './Tag.module.css';

/** The category of a provider. */
export function CategoryTag({ category }: { category: Pick<CatalogCategory, 'label'> }) {
  return <span className={classes.tag}>{category.label}</span>;
}
