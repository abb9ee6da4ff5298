import type { DeliveryTrigger } from '@trunkline/contract/deliveries';
import { FlaskConical, History, RotateCcw } from 'lucide-react';
import classes from './TriggerTag.module.css';

const looks = {
  replay: { icon: RotateCcw, label: 'Replay' },
  recover: { icon: History, label: 'Recovered' },
  test: { icon: FlaskConical, label: 'Test' },
};

/** Marks a delivery that no event caused by itself. */
export function TriggerTag({ trigger }: { trigger: DeliveryTrigger }) {
  if (trigger === 'event') return null;
  const { icon: Icon, label } = looks[trigger];
  return (
    <span className={classes.tag}>
      <Icon size={12} aria-hidden />
      {label}
    </span>
  );
}
