import type { CheckProblem } from '@trunkline/contract/checks';
import type { TemplateIssue } from '@trunkline/contract/automation-template';

/* Why runs wait, were cancelled or given up, where it is not a provider who says so. */

export const switchedOff: CheckProblem = {
  fault: 'config',
  title: 'The automation was switched off',
  cause: 'It was switched off or deleted before the run began.',
  fix: 'Switch it on and retry the run, if it is to be done after all.',
  link: null,
};

export const eventGone: CheckProblem = {
  fault: 'badInput',
  title: 'The event is not kept any more',
  cause: 'Events are removed after the time that is set for them.',
  fix: 'Send the event again.',
  link: null,
};

export const actionTakenBack: CheckProblem = {
  fault: 'unknown',
  title: 'Its action was cancelled',
  cause: 'Somebody took the action back before anything was sent.',
  fix: 'Retry the run to do it after all.',
  link: null,
};

export const actionGone: CheckProblem = {
  fault: 'unknown',
  title: 'The action is not kept any more',
  cause: 'Actions are removed 30 days after they ended, and what they read after a day.',
  fix: 'Send the event again.',
  link: null,
};

export const crashes: CheckProblem = {
  fault: 'unknown',
  title: 'The run could not be worked on',
  cause: 'Whoever took it ended before it got on, several times.',
  fix: 'Look into the logs of the processes, then retry the run.',
  link: null,
};

/** The input of a step cannot be filled from this event. */
export function notFilled(step: string, issues: readonly TemplateIssue[]): CheckProblem {
  const said = issues
    .slice(0, 3)
    .map(({ pointer, detail }) => `${pointer.slice(1).replaceAll('/', '.') || 'Input'}: ${detail}`);
  return {
    fault: 'badInput',
    title: `The step “${step}” cannot be filled from this event`,
    cause: said.join(' '),
    fix: 'Change the automation and retry the run: it takes what is saved then.',
    link: null,
  };
}

/** The step was not taken; `detail` says why. */
export function cannotStart(detail: string): CheckProblem {
  return {
    fault: 'config',
    title: 'Nobody could do it',
    cause: detail,
    fix: 'Connect or switch on an integration that can do it; the run goes on by itself while it waits.',
    link: '/integrations',
  };
}

export function overItsHour(runsPerHour: number): CheckProblem {
  return {
    fault: 'rateLimit',
    title: 'As many runs have begun in this hour as may',
    cause: `The automation may begin ${runsPerHour} runs an hour.`,
    fix: 'Nothing to do: it goes on in the next hour. Raise the limit if it should be faster.',
    link: null,
  };
}
