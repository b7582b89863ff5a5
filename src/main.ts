#!/usr/bin/env -S node --max-semi-space-size=4
// A small young generation: what streams past is short-lived, and a larger one lets the process grow by a third for nothing.
import { createInterface } from "node:readline/promises";
import type { Sink } from "./cli/output.ts";
import { main } from "./compose.ts";

/** A stream that stays quiet when its reader has gone (`| head`). */
function sink(stream: NodeJS.WriteStream): Sink {
  let isOpen = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    isOpen = false;
    if (error.code !== "EPIPE") throw error;
  });
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 100,
    write: (text) => {
      if (isOpen) stream.write(text);
    },
  };
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The first asks for a safe stop, the second means it.
    if (stop.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    stop.abort();
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question, { signal: stop.signal });
  } finally {
    reader.close();
  }
}

process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  stdinIsTerminal: process.stdin.isTTY === true,
  signal: stop.signal,
  pid: process.pid,
  isAlive,
  kill: () => process.kill(process.pid, "SIGKILL"),
  ask,
});
