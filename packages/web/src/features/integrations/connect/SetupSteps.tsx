import classes from './connect.module.css';

/** What a person does at the provider before connecting, in order. */
export function SetupSteps({ steps }: { steps: readonly string[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}
