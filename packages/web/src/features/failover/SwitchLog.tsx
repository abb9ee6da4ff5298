import type { FailoverSwitch } from '@trunkline/contract/failover';
import { ArrowLeftRight } from 'lucide-react';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { switchText } from './failover-words.ts';

const columns: Column<FailoverSwitch>[] = [
  {
    key: 'what',
    header: 'Switch',
    rowHeader: true,
    cell: (one) => <CellText primary={switchText(one)} secondary={one.problem?.title ?? ''} />,
  },
  {
    key: 'by',
    header: 'By',
    cell: (one) => (one.trigger === 'automatic' ? 'A rule' : one.by),
  },
  { key: 'at', header: 'When', align: 'end', cell: (one) => <RelativeTime at={one.at} /> },
];

/** When calls went elsewhere, newest first, and why. */
export function SwitchLog({ rows }: { rows: readonly FailoverSwitch[] }) {
  return (
    <DataTable
      caption="Switches"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      first
      empty={
        <EmptyState icon={ArrowLeftRight} title="No switch yet">
          When calls go to a backup or back, it stands here with its reason.
        </EmptyState>
      }
    />
  );
}
