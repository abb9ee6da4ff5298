import { useEffect, useId, useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { formatNumber } from '../lib/format.ts';
import classes from './SegmentedTabs.module.css';

export interface Tab<Value extends string> {
  value: Value;
  label: string;
  count?: number;
  content: ReactNode;
}

export interface SegmentedTabsProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  tabs: readonly Tab<Value>[];
  /** Tabs of a whole page: they stand on the canvas, and the panel brings its own cards. */
  page?: boolean;
}

/** Tabs with their panel; arrow keys, Home and End move between them. Nothing else goes into the tab list. */
export function SegmentedTabs<Value extends string>({
  label,
  value,
  onChange,
  tabs,
  page,
}: SegmentedTabsProps<Value>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone not all fit: the chosen one is brought into sight. Only sideways, the page stays where it is.
    const tab = list.current?.querySelector('[aria-selected=true]');
    if (!list.current || !tab) return;
    const [around, own] = [list.current.getBoundingClientRect(), tab.getBoundingClientRect()];
    if (own.left < around.left || own.right > around.right) {
      list.current.scrollLeft += own.left - around.left - (around.width - own.width) / 2;
    }
  }, [value]);

  function move(event: KeyboardEvent): void {
    const at = tabs.findIndex((tab) => tab.value === value);
    const last = tabs.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    const tab = next === undefined ? undefined : tabs[next];
    if (!tab || next === undefined) return;
    event.preventDefault();
    onChange(tab.value);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  }

  const shown = tabs.find((tab) => tab.value === value);
  return (
    <div className={page ? classes.page : undefined}>
      <div className={classes.list} role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            className={classes.tab}
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
            {tab.count !== undefined && <span className={classes.count}>{formatNumber(tab.count)}</span>}
          </button>
        ))}
      </div>
      <div
        className={classes.panel}
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${value}`}
        tabIndex={0}
      >
        {shown?.content}
      </div>
    </div>
  );
}
