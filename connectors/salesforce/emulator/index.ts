import type { SandboxClock } from "#sandbox/clock.ts";
import { type Host, startHost } from "#sandbox/host.ts";
import type { Side } from "#sandbox/world/types.ts";
import type { World } from "#sandbox/world.ts";
import { front, type Usage } from "./front.ts";
import { makeOrg, type Org } from "./org.ts";
import { makeQueries } from "./queries.ts";
import { type AuthOptions, makeTokens, type Tokens } from "./tokens.ts";
import type { Row } from "./values.ts";
import { player } from "./world-player.ts";
import { ids, stageApiName } from "./world-setup.ts";

export interface SalesforceOptions {
  readonly world: World;
  readonly clock: SandboxClock;
  /** Which of the company's two CRMs this one is. */
  readonly side?: Side;
  readonly auth?: Partial<AuthOptions>;
  /** A change can be read up to so much later than it is stamped. */
  readonly visibleAfterMs?: number;
  /** Calls a day for all clients of the org together. */
  readonly dailyCalls?: number;
  readonly latencyMs?: number;
  /** 0 takes a free one. */
  readonly port?: number;
}

/** A Salesforce org on the loopback interface, in which the made-up company works. */
export interface SalesforceEmulator {
  /** Login and instance address in one. */
  readonly url: string;
  readonly host: Host;
  readonly auth: AuthOptions;
  readonly tokens: Tokens;
  readonly usage: Usage;
  readonly org: Org;
  /** A person changes a record by hand: stage log, audit fields and lag as the platform has them. */
  edit(object: string, id: string, fields: Row, by?: string): void;
  /** Everything that has happened by the clock is there. */
  catchUp(): void;
  /** Cursors of running queries are lost. */
  forgetCursors(): void;
  close(): Promise<void>;
}

/** Ids of the world's things in this org. */
export { ids };

const AUTH: AuthOptions = {
  clientId: "3MVG9.sandbox.scorekeeper",
  clientSecret: "sandbox-secret",
  username: "integration@brightwater.example",
  publicKey: null,
  refreshToken: null,
  rotateRefreshTokens: false,
};

/** Starts the org; what the world has lived through is there with the first request. */
export async function startSalesforce(options: SalesforceOptions): Promise<SalesforceEmulator> {
  const auth: AuthOptions = { ...AUTH, ...options.auth };
  const org = makeOrg({ clock: options.clock, visibleAfterMs: options.visibleAfterMs ?? 0 });
  const tokens = makeTokens(auth, options.clock, org.integrationUserId);
  const queries = makeQueries(org);
  const usage: Usage = { used: 0, max: options.dailyCalls ?? 115_000 };
  const play = player(org, options.world, options.side ?? "two");
  play.catchUp();
  const stagesOf = new Map(options.world.company.pipelines.map(({ key, stages }) => [ids.recordType(key), stages.map(stageApiName)]));
  let url = "";
  const handler = front({
    org,
    tokens,
    queries,
    usage,
    url: () => url,
    catchUp: () => {
      play.catchUp();
      org.catchUp();
    },
    stageNames: (recordTypeId) => stagesOf.get(recordTypeId) ?? [],
  });
  const host = await startHost({ clock: options.clock, handler, latencyMs: options.latencyMs ?? 0, port: options.port ?? 0 });
  url = host.url;
  return {
    url,
    host,
    auth,
    tokens,
    usage,
    org,
    edit: play.edit,
    catchUp: () => play.catchUp(true),
    forgetCursors: queries.forgetCursors,
    close: host.close,
  };
}
