/**
 * A reporter of vitest beside its JSON report, which does not tell of errors outside of tests: writes how many there were
 * to the file that TIDEMARK_UNHANDLED_ERRORS names.
 */
import { writeFileSync } from 'node:fs';

export default class UnhandledErrorsReporter {
  /**
   * @param {unknown} _modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(_modules, errors) {
    const file = process.env['TIDEMARK_UNHANDLED_ERRORS'];
    if (file !== undefined) writeFileSync(file, String(errors.length));
  }
}
