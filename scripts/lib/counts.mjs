import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * `failures`: the tests that failed, each with the place, the name and the first lines of what it said.
 * @typedef {{ passed: number, failed: number, skipped: number, failures?: string[] }} Counts
 */

/**
 * What this module reads of Vitest's JSON report.
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { name: string, status: string, message: string,
 *     assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} VitestReport
 */

/**
 * What this module reads of Playwright's JSON report.
 * @typedef {{ title: string, file: string, specs: { title: string, file: string, line: number, ok: boolean,
 *   tests: { status: string, results: { error?: { message?: string } }[] }[] }[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number },
 *   suites: PlaywrightSuite[] }} PlaywrightReport
 */

/** So many lines of what a failed test said are told at the end; the rest stands further up. */
const toldLines = 8;

/**
 * Counts of Vitest's JSON report. A file that does not load has no tests, and an error outside a test belongs
 * to none: each counts as one failure, so that a red run never looks green.
 * @param {VitestReport | undefined} report
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countVitest(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failures = report.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => told(`${fileOf(file.name)} › ${test.fullName}`, test.failureMessages.join('\n'))),
  );
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [...failures, ...broken.map((file) => told(fileOf(file.name), file.message))],
  };
  return atLeastOneFailure(counts, exitCode);
}

/**
 * Counts of Playwright's JSON report; a test that passed only when repeated counts as failed.
 * @param {PlaywrightReport | undefined} report
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countPlaywright(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  const failures = report.suites.flatMap(failuresOfSuite);
  return atLeastOneFailure({ passed: expected, failed: unexpected + flaky, skipped, failures }, exitCode);
}

/**
 * @param {PlaywrightSuite} suite
 * @returns {string[]}
 */
function failuresOfSuite(suite) {
  const own = suite.specs
    .filter((spec) => spec.tests.some((test) => test.status === 'unexpected' || test.status === 'flaky'))
    .map((spec) => {
      const errors = spec.tests.flatMap((test) => test.results.map((result) => result.error?.message ?? ''));
      return told(
        `${spec.file}:${spec.line} › ${spec.title}`,
        errors.find((message) => message !== '') ?? '',
      );
    });
  return [...own, ...(suite.suites ?? []).flatMap(failuresOfSuite)];
}

/**
 * @param {string} path
 */
function fileOf(path) {
  return isAbsolute(path) ? relative(process.cwd(), path) : path;
}

/**
 * @param {string} place
 * @param {string} message
 */
function told(place, message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return [`✗ ${place}`, ...lines.slice(0, toldLines).map((line) => `    ${line}`)].join('\n');
}

/**
 * A part in which nothing ran, or that ended badly without saying which test, is a failure.
 * @param {Counts} counts
 * @param {number} exitCode
 * @returns {Counts}
 */
function atLeastOneFailure(counts, exitCode) {
  const ran = counts.passed + counts.failed > 0;
  return counts.failed === 0 && (exitCode !== 0 || !ran) ? { ...counts, failed: 1 } : counts;
}

/**
 * The end of `npm test`: the failed tests again, because a log is read from its end, and the counts in the last line.
 * @param {Counts[]} parts
 */
export function summary(parts) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    parts.reduce((total, part) => total + part[key], 0);
  const skipped = sum('skipped');
  const counts = `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return [...parts.flatMap((part) => part.failures ?? []), counts].join('\n');
}
