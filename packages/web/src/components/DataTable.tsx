import { Checkbox } from '@mantine/core';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { ApiError } from '../lib/api-error.ts';
import { useRowFocus } from '../lib/use-row-focus.ts';
import { useRowWindow } from '../lib/use-row-window.ts';
import { AppLink } from './AppLink.tsx';
import { BusyButton } from './BusyButton.tsx';
import { ErrorState } from './ErrorState.tsx';
import { SortMenu } from './SortMenu.tsx';
import classes from './DataTable.module.css';

export interface Column<Row> {
  key: string;
  /** Column header; also the label of the value in the card form. */
  header: string;
  cell: (row: Row) => ReactNode;
  /** The column that names the row (exactly one). It carries the row's link. */
  rowHeader?: boolean;
  align?: 'start' | 'end';
  /** CSS width. */
  width?: string;
  /** The header is there for screen readers only, e.g. `Actions`. */
  hideHeader?: boolean;
  /**
   * Makes the column sortable: how two rows compare, ascending, or `server` where the server sorts (`sort`). By comparing
   * only a list that is there as a whole is sorted: the first of some rows says nothing of all.
   */
  compare?: ((a: Row, b: Row) => number) | 'server';
  /** In the card form (narrow): across both columns, left out, or at the top right (a menu button). */
  narrow?: 'full' | 'hide' | 'corner';
}

/** `key` is that of a column. */
export interface TableSort {
  key: string;
  descending: boolean;
}

export interface DataTableProps<Row> {
  /** Names the table for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  isPending?: boolean;
  error?: ApiError | null;
  onRetry?: () => void;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  /** Makes the whole row a link. */
  href?: (row: Row) => string;
  /** Makes the whole row a button, for lists that open something on the same page. */
  onOpen?: (row: Row) => void;
  /** Key of the row that is open. */
  current?: string | null;
  /** Keys of rows that have just changed, from `useLiveFlash`. */
  flash?: ReadonlySet<string>;
  /** Check boxes; `label` names one row's. */
  selection?: {
    selected: ReadonlySet<string>;
    onChange: (selected: ReadonlySet<string>) => void;
    label: (row: Row) => string;
  };
  hasMore?: boolean;
  isLoadingMore?: boolean;
  onLoadMore?: () => void;
  /** Nothing stands above the table in its card, so its head takes the card's round corners. */
  first?: boolean;
  /** How the server has sorted the rows; `onChange` asks for another order. */
  sort?: { value: TableSort; onChange: (sort: TableSort) => void };
  /** Hears the keys of the rows that are drawn: of a long list those in sight and a little around them. */
  onDrawn?: (keys: readonly string[]) => void;
}

/** Where the rows would be that are not drawn. */
function Room({ height }: { height: number }) {
  return height > 0 ? <tr className={classes.room} style={{ height }} aria-hidden /> : null;
}

/** Rows with caption, row headers, sorting, selection, loading, empty and error states; cards when narrow. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, isPending, error, onRetry, empty, selection, first } = props;
  const { onDrawn } = props;
  const [own, setOwn] = useState<TableSort | null>(null);
  const compare = columns.find((column) => column.key === own?.key)?.compare;
  const isOwn = own !== null && typeof compare === 'function' && !props.hasMore;
  const sorted = isOwn ? rows.toSorted((a, b) => (own.descending ? compare(b, a) : compare(a, b))) : rows;
  const sort = isOwn ? own : (props.sort?.value ?? null);
  const body = useRef<HTMLTableSectionElement>(null);
  const drawn = useRowWindow(body, sorted.length, (index) => rowKey(sorted[index]!));
  const moveFocus = useRowFocus(body, sorted.length, drawn.reveal);
  const drawnRows = sorted.slice(drawn.from, drawn.to);
  const drawnKeys = drawnRows.map(rowKey).join(' ');
  useEffect(() => onDrawn?.(drawnKeys === '' ? [] : drawnKeys.split(' ')), [onDrawn, drawnKeys]);

  if (error && rows.length === 0) return <ErrorState error={error} {...(onRetry ? { onRetry } : {})} />;
  if (!isPending && rows.length === 0) return <>{empty}</>;
  const isWhole = drawn.measure === null;
  const allSelected = selection
    ? rows.length > 0 && rows.every((row) => selection.selected.has(rowKey(row)))
    : false;
  const someSelected = selection ? rows.some((row) => selection.selected.has(rowKey(row))) : false;

  function select(keys: string[], checked: boolean): void {
    if (!selection) return;
    const next = new Set(selection.selected);
    for (const key of keys) {
      if (checked) next.add(key);
      else next.delete(key);
    }
    selection.onChange(next);
  }

  const sortable = columns.filter(
    ({ compare, hideHeader }) => compare && !hideHeader && (compare === 'server' || !props.hasMore),
  );

  /** By this column; once more, the other way round. */
  function sortBy({ key, compare }: Column<Row>): void {
    const byServer = compare === 'server';
    const next = { key, descending: sort?.key === key ? !sort.descending : false };
    setOwn(byServer ? null : next);
    if (byServer) props.sort?.onChange(next);
  }

  function head(column: Column<Row>): ReactNode {
    if (column.hideHeader) return <span className={classes.caption}>{column.header}</span>;
    if (!sortable.includes(column)) return column.header;
    const active = sort?.key === column.key;
    const Icon = !active ? ChevronsUpDown : sort.descending ? ArrowDown : ArrowUp;
    return (
      <button type="button" className={classes.sort} onClick={() => sortBy(column)}>
        {column.header} <Icon size={12} aria-hidden />
      </button>
    );
  }

  function ariaSort(column: Column<Row>): 'ascending' | 'descending' | undefined {
    if (sort?.key !== column.key) return undefined;
    return sort.descending ? 'descending' : 'ascending';
  }

  function opened(row: Row, content: ReactNode): ReactNode {
    if (props.href) {
      return (
        <AppLink className={classes.open} href={props.href(row)} data-row-open>
          {content}
        </AppLink>
      );
    }
    if (!props.onOpen) return content;
    return (
      <button
        type="button"
        className={classes.open}
        data-row-open
        aria-current={props.current === rowKey(row) ? 'true' : undefined}
        onClick={() => props.onOpen?.(row)}
      >
        {content}
      </button>
    );
  }

  return (
    <div className={classes.wrap}>
      {sortable.length > 0 && (
        <div className={classes.narrow}>
          <SortMenu
            columns={sortable}
            sort={sort}
            onSort={(key) => {
              const column = sortable.find((each) => each.key === key);
              if (column) sortBy(column);
            }}
          />
        </div>
      )}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={caption}>
        <table
          className={first ? `${classes.table} ${classes.first}` : classes.table}
          aria-busy={isPending}
          aria-rowcount={isWhole ? undefined : rows.length + 1}
        >
          <caption className={classes.caption}>{caption}</caption>
          <thead>
            <tr>
              {selection && (
                <th scope="col" className={classes.check}>
                  <Checkbox
                    aria-label="Select all rows shown"
                    checked={allSelected}
                    indeterminate={someSelected && !allSelected}
                    onChange={(event) => select(rows.map(rowKey), event.currentTarget.checked)}
                  />
                </th>
              )}
              {columns.map((column) => (
                <th
                  key={column.key}
                  scope="col"
                  data-align={column.align}
                  aria-sort={ariaSort(column)}
                  {...(column.width ? { style: { width: column.width } } : {})}
                >
                  {head(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={moveFocus}>
            {isPending &&
              Array.from({ length: 5 }, (_, index) => (
                <tr key={index} className={classes.row}>
                  {selection && <td className={classes.check} />}
                  {columns.map((column) => (
                    <td key={column.key} data-narrow={column.narrow}>
                      <span className={classes.skeleton} />
                    </td>
                  ))}
                </tr>
              ))}
            <Room height={drawn.before} />
            {drawnRows.map((row, index) => {
              const key = rowKey(row);
              return (
                <tr
                  key={key}
                  ref={drawn.measure}
                  data-index={drawn.from + index}
                  aria-rowindex={isWhole ? undefined : drawn.from + index + 2}
                  className={classes.row}
                  data-opens={props.href || props.onOpen ? true : undefined}
                  data-current={props.current === key ? true : undefined}
                  data-flash={props.flash?.has(key) ? true : undefined}
                >
                  {selection && (
                    <td className={classes.check}>
                      <Checkbox
                        aria-label={selection.label(row)}
                        checked={selection.selected.has(key)}
                        onChange={(event) => select([key], event.currentTarget.checked)}
                      />
                    </td>
                  )}
                  {columns.map((column) =>
                    column.rowHeader ? (
                      <th key={column.key} scope="row" data-align={column.align}>
                        {opened(row, column.cell(row))}
                      </th>
                    ) : (
                      <td
                        key={column.key}
                        data-align={column.align}
                        data-narrow={column.narrow}
                        data-label={column.hideHeader ? undefined : column.header}
                      >
                        {column.cell(row)}
                      </td>
                    ),
                  )}
                </tr>
              );
            })}
            <Room height={drawn.after} />
          </tbody>
        </table>
      </div>
      {props.hasMore && (
        <div className={classes.more}>
          <BusyButton
            variant="default"
            busy={props.isLoadingMore ?? false}
            onClick={() => props.onLoadMore?.()}
          >
            Load more
          </BusyButton>
        </div>
      )}
    </div>
  );
}
