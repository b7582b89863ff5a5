import { styleText } from "node:util";
import type { Clock } from "#core/clock.ts";
import type { Output, Style } from "./app.ts";
import { printable } from "./text.ts";

/** Where words go; `write` never throws, a closed pipe is silently ignored. */
export interface Sink {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: Clock;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colours: boolean;
  /** Masks every secret known by now. */
  redact(text: string): string;
}

const PROGRESS_EVERY_MS = 3000;

/** The two ways out of the program, secrets masked in both. */
export function makeOutput(options: OutputOptions): Output {
  const { stdout, stderr, clock, json, quiet, colours, redact } = options;
  let live = false;
  let nextLineAt = Number.NEGATIVE_INFINITY;
  const endLive = (): void => {
    if (live) stderr.write("\r\u001b[2K");
    live = false;
  };
  const out = (text: string): void => {
    endLive();
    stdout.write(redact(text));
  };
  return {
    json,
    terminal: stdout.isTerminal,
    columns: stdout.columns,
    style: styleOf(colours && stdout.isTerminal),
    print: (text) => {
      if (!json) out(`${printable(text, colours && stdout.isTerminal)}\n`);
    },
    raw: (text) => {
      if (!json) out(text);
    },
    document: (value) => {
      if (json) out(`${JSON.stringify(value)}\n`);
    },
    note: (text) => {
      if (quiet) return;
      endLive();
      stderr.write(`${redact(printable(text, colours && stderr.isTerminal))}\n`);
    },
    progress: (text) => {
      if (quiet) return;
      const line = redact(printable(text, false));
      if (stderr.isTerminal) {
        stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns || 80) - 1)}`);
        live = true;
      } else if (clock.monotonicMs() >= nextLineAt) {
        nextLineAt = clock.monotonicMs() + PROGRESS_EVERY_MS;
        stderr.write(`${line}\n`);
      }
    },
  };
}

/** Colours for a sink, or none. */
export function styleOf(colours: boolean): Style {
  const paint =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      colours ? styleText(format, text, { validateStream: false }) : text;
  return { bold: paint("bold"), dim: paint("dim"), red: paint("red"), green: paint("green"), yellow: paint("yellow"), cyan: paint("cyan") };
}
