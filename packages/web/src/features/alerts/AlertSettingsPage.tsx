import { Card } from '../../components/Card.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useCan } from '../../lib/session.ts';
import { ChannelsCard, mayNotSet } from './ChannelsCard.tsx';
import { NotificationList } from './NotificationList.tsx';
import { QuietHoursCard } from './QuietHoursCard.tsx';
import { RulesCard } from './RulesCard.tsx';
import classes from './AlertSettings.module.css';

/** `/alerts/settings`: what is alerted of, who is told, and when not (HEALTH-5). */
export function AlertSettingsPage() {
  const may = useCan('alert.settings');
  return (
    <>
      <PageHeader
        title="Alert rules and channels"
        back={{ href: '/alerts', label: 'Alerts' }}
        subtitle="What you are alerted of, who is told, and when not."
      />
      {!may && (
        <div className={classes.notice}>
          <Notice tone="disabled" title="You can see these settings">
            {mayNotSet}
          </Notice>
        </div>
      )}
      <RulesCard />
      <ChannelsCard />
      <QuietHoursCard />
      <Card title="Messages" description="What was sent to whom, and what became of it." flush>
        <NotificationList />
      </Card>
    </>
  );
}
