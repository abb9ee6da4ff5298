import type { Permission } from '@trunkline/contract/permissions';
import {
  AppWindow,
  ArrowDownToLine,
  ArrowLeftRight,
  BellRing,
  Blocks,
  ClipboardCheck,
  BookOpen,
  ChartColumn,
  FileClock,
  HeartPulse,
  Inbox,
  LifeBuoy,
  Lightbulb,
  KeyRound,
  ListRestart,
  MailWarning,
  Radio,
  RotateCw,
  Rss,
  ScrollText,
  Users,
  Webhook,
  Workflow,
  Zap,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';

export interface NavigationItem {
  label: string;
  href: string;
  icon: LucideIcon;
  /** Absent for roles without it. */
  permission?: Permission;
  /** A page outside the application, opened by the browser itself. */
  external?: boolean;
  /** Which number stands at its right; see `NavigationBadge`. */
  badge?: 'alerts' | 'deadLetters' | 'errors';
  /** Further words that the search finds it by. */
  keywords?: string;
}

export interface NavigationGroup {
  label: string;
  items: NavigationItem[];
}

/** The navigation, top to bottom. A new screen is a new line here and a route in `app/router.tsx`. */
export const navigation: NavigationGroup[] = [
  {
    label: 'Operate',
    items: [
      {
        label: 'Integrations',
        href: '/integrations',
        icon: Blocks,
        permission: 'integration.read',
        keywords: 'providers catalog connect oauth',
      },
      {
        label: 'Health',
        href: '/health',
        icon: HeartPulse,
        permission: 'integration.read',
        badge: 'errors',
        keywords: 'status uptime check all errors troubleshoot',
      },
      {
        label: 'Alerts',
        href: '/alerts',
        icon: BellRing,
        permission: 'alert.read',
        badge: 'alerts',
        keywords: 'errors warnings notifications rules channels quiet hours status',
      },
      {
        label: 'Verification',
        href: '/verification',
        icon: ClipboardCheck,
        permission: 'integration.read',
        keywords: 'monthly report audit check all csv pdf',
      },
      {
        label: 'Runbooks',
        href: '/runbooks',
        icon: LifeBuoy,
        permission: 'integration.read',
        keywords: 'emergency incident procedure fallback outage',
      },
      {
        label: 'Logs',
        href: '/logs',
        icon: ScrollText,
        permission: 'log.read',
        keywords: 'errors tail history export',
      },
      {
        label: 'Failover',
        href: '/failover',
        icon: ArrowLeftRight,
        permission: 'failover.read',
        keywords: 'backup primary switch restore',
      },
      {
        label: 'Actions',
        href: '/actions',
        icon: Zap,
        permission: 'action.read',
        keywords: 'send email sms attempts',
      },
      {
        label: 'Automations',
        href: '/automations',
        icon: Workflow,
        permission: 'automation.read',
        keywords: 'rules when event then slack template runs notifications',
      },
    ],
  },
  {
    label: 'Webhooks',
    items: [
      {
        label: 'Endpoints',
        href: '/webhooks',
        icon: Webhook,
        permission: 'webhook.read',
        keywords: 'url debugger deliveries',
      },
      {
        label: 'Inbound',
        href: '/inbound',
        icon: ArrowDownToLine,
        permission: 'inbound.read',
        keywords: 'inbound webhooks sources received bounces complaints suppressed addresses signature',
      },
      {
        label: 'Events',
        href: '/events',
        icon: Radio,
        permission: 'event.read',
        keywords: 'sent ledger message id subject',
      },
      {
        label: 'Undelivered',
        href: '/undelivered',
        icon: MailWarning,
        permission: 'delivery.read',
        keywords: 'missing waiting held lost reason',
      },
      {
        label: 'Dead letters',
        href: '/dead-letters',
        icon: Inbox,
        permission: 'delivery.read',
        badge: 'deadLetters',
        keywords: 'dlq failed queue',
      },
      {
        label: 'Bulk jobs',
        href: '/bulk-jobs',
        icon: ListRestart,
        permission: 'delivery.read',
        keywords: 'recover replay retry progress',
      },
      {
        label: 'Event catalog',
        href: '/event-types',
        icon: Rss,
        permission: 'event.read',
        keywords: 'types schema',
      },
      {
        label: 'Retries',
        href: '/retries',
        icon: RotateCw,
        permission: 'retry.read',
        keywords: 'backoff delay',
      },
    ],
  },
  {
    label: 'API',
    items: [
      {
        label: 'Keys',
        href: '/api-key',
        icon: KeyRound,
        permission: 'api_key.read',
        keywords: 'api key token scopes limits',
      },
      {
        label: 'Usage',
        href: '/usage',
        icon: ChartColumn,
        permission: 'usage.read',
        keywords: 'requests rate limits throttled report endpoints',
      },
      {
        label: 'Portal',
        href: '/portal',
        icon: AppWindow,
        permission: 'portal.read',
        keywords: 'embed iframe react customers tokens origins',
      },
      {
        label: 'Documentation',
        href: '/docs',
        icon: BookOpen,
        external: true,
        keywords: 'openapi reference',
      },
    ],
  },
  {
    label: 'Settings',
    items: [
      {
        label: 'Insights',
        href: '/insights',
        icon: Lightbulb,
        permission: 'insights.read',
        keywords: 'tracking behaviour adoption analytics recording privacy',
      },
      {
        label: 'Audit log',
        href: '/audit',
        icon: FileClock,
        permission: 'audit.read',
        keywords: 'history who',
      },
      {
        label: 'Members',
        href: '/members',
        icon: Users,
        permission: 'member.read',
        keywords: 'users roles invite',
      },
    ],
  },
];

/** The navigation as a person with these permissions sees it, without empty groups. */
export function visibleNavigation(permissions: readonly Permission[]): NavigationGroup[] {
  return navigation
    .map((group) => ({
      ...group,
      items: group.items.filter((item) => !item.permission || permissions.includes(item.permission)),
    }))
    .filter((group) => group.items.length > 0);
}
