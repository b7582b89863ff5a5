const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  /** Numbers of lines that are neither NAME=value, empty nor a comment. */
  readonly badLines: readonly number[];
}

/** `NAME=value` a line; `#` comments, empty lines, quotes around a value and `export` are understood, nothing is expanded. */
export function parseEnvFile(text: string): EnvFile {
  const values = new Map<string, string>();
  const badLines: number[] = [];
  text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .forEach((line, index) => {
      if (/^\s*(#.*)?$/.test(line)) return;
      const parts = LINE.exec(line);
      if (parts?.[1] === undefined) badLines.push(index + 1);
      else values.set(parts[1], unquoted(parts[2] ?? ""));
    });
  return { values, badLines };
}

function unquoted(value: string): string {
  const quote = value[0];
  const isQuoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote);
  return isQuoted ? value.slice(1, -1) : value;
}
