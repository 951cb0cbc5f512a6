// A Vitest reporter that appends one line of counts per run to the file that PLIMSOLL_COUNTS names,
// for test.mjs to add up. The default reporter beside it is for people.
import { appendFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that does not load has no tests to fail.
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed++;
        else if (state === 'failed') counts.failed++;
        else counts.skipped++;
      }
    }
    appendFileSync(process.env.PLIMSOLL_COUNTS, `${JSON.stringify(counts)}\n`);
  }
}
