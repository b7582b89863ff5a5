// Reads vitest's JSON report and ends the run with one line that any reader of logs understands.
import { readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Report;
const failed = report.numFailedTests > 0 ? report.numFailedTests : report.numFailedTestSuites;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
process.stdout.write(`\n${report.numPassedTests} passed, ${failed} failed${skipped}\n`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
