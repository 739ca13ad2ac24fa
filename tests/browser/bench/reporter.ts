/** Passes on what a bench prints, and why it failed if it did; nothing else. */
import type { Reporter, TestCase, TestError, TestResult } from '@playwright/test/reporter';

export default class TableReporter implements Reporter {
  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }

  onError(error: TestError): void {
    process.stderr.write(`${error.message ?? error.value}\n`);
  }

  onTestEnd(_test: TestCase, result: TestResult): void {
    for (const error of result.errors) {
      this.onError(error);
    }
  }

  printsToStdio(): boolean {
    return true;
  }
}
