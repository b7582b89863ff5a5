import type { Clock } from "#core/clock.ts";
import type { JsonObject } from "#core/json.ts";
import type { Instant } from "#core/time/instant.ts";
import { type SandboxClock, sandboxClock } from "./clock.ts";
import type { Host } from "./host.ts";
import { makeWorld, type World, type WorldOptions } from "./world.ts";

/** One CRM of the sandbox: a server that shows the company through that CRM's API. */
export interface SandboxCrm {
  /** The connector's key. */
  readonly crm: string;
  readonly url: string;
  readonly host: Host;
  /** An entry of `connections:` that reads it, but for its `id`. */
  readonly connection: JsonObject;
  /** Lets everything that has happened by the clock become visible. */
  catchUp(): void;
  close(): Promise<void>;
}

export interface CrmStart {
  readonly world: World;
  readonly clock: SandboxClock;
  readonly latencyMs: number;
  /** 0 takes a free one. */
  readonly port: number;
  /** Rate and daily limits as the real account has them; off for benchmarks of our own side. */
  readonly limited: boolean;
}

/** How an emulator is started; the registry of them is `connectors/emulators.ts`. */
export type StartCrm = (options: CrmStart) => Promise<SandboxCrm>;

export interface SandboxOptions {
  readonly start: Readonly<Record<string, StartCrm>>;
  /** The company's present. */
  readonly at: Instant;
  /** Lets the sandbox's time run with this clock; without it time stands still until moved. */
  readonly ticking?: Clock;
  readonly world?: Omit<WorldOptions, "anchor">;
  readonly latencyMs?: number;
  readonly port?: number;
  readonly limited?: boolean;
}

/** The same company in every CRM that was asked for, on one clock. */
export interface Sandbox {
  readonly world: World;
  readonly clock: SandboxClock;
  readonly crms: readonly SandboxCrm[];
  /** Lets the company live on for so long. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const world = makeWorld({ ...options.world, anchor: options.at });
  const clock = sandboxClock(options.at, options.ticking ?? null);
  const crms: SandboxCrm[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(crms.map((crm) => crm.close()));
  };
  try {
    for (const start of Object.values(options.start)) {
      crms.push(
        await start({ world, clock, latencyMs: options.latencyMs ?? 0, port: options.port ?? 0, limited: options.limited ?? true }),
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    world,
    clock,
    crms,
    close,
    advance: (ms) => {
      clock.advance(ms);
      for (const crm of crms) crm.catchUp();
    },
  };
}
