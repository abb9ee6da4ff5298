import { databaseFaults } from './database-faults.ts';
import { endpointFaults } from './endpoint-faults.ts';
import type { Fault } from './fault.ts';
import { operatorFaults } from './operator-faults.ts';
import { processFaults } from './process-faults.ts';

export const faults: readonly Fault[] = [
  ...processFaults,
  ...databaseFaults,
  ...endpointFaults,
  ...operatorFaults,
];
