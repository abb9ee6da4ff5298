import type { TestProject } from 'vitest/node';
import { emptyProgramsFolder, programsFolder } from './programs-folder.ts';

/** Gives all workers of the test run one folder of programs. */
export default function setup(project: TestProject): void {
  programsFolder();
  project.onTestsRerun(async () => emptyProgramsFolder());
}
