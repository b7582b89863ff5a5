import { type Clock, systemClock } from "#core/clock.ts";
import { type Rng, seededRng } from "#core/rng.ts";
import type { Instant } from "#core/time/instant.ts";
import { instantFromMs, msOf } from "#core/time/instant.ts";
import type { SandboxClock } from "#sandbox/clock.ts";
import { type Host, startHost } from "#sandbox/host.ts";
import { router, type SandboxReply, type SandboxRequest, textReply } from "#sandbox/http.ts";
import type { CrmStart, SandboxCrm } from "#sandbox/sandbox.ts";
import type { Side } from "#sandbox/world/types.ts";
import type { World } from "#sandbox/world.ts";
import { ALL_SCOPES, type Auth, auth, type OauthApp } from "./auth.ts";
import { type Edits, editsOf } from "./edits.ts";
import { Refusal, refusalReply } from "./errors.ts";
import { foundPortal } from "./found.ts";
import { teller } from "./happen.ts";
import { type Names, namesFor } from "./identifiers.ts";
import { type CallKind, ENTERPRISE, type Limits, type Meter, meter } from "./limits.ts";
import { newPortal, type Portal } from "./portal.ts";
import { type HubspotRequest, unversioned } from "./request.ts";
import { accountRoutes } from "./routes/account.ts";
import { associationRoutes } from "./routes/associations.ts";
import { readRoutes } from "./routes/read.ts";
import { schemaRoutes } from "./routes/schema.ts";
import { searchRoutes } from "./routes/search.ts";
import { type AdminRule, writeRoutes } from "./routes/write.ts";

export interface HubspotEmulatorOptions {
  readonly world: World;
  readonly clock: SandboxClock;
  /** Which of the company's two CRMs this one is. */
  readonly side?: Side;
  /** Static tokens and what they may do; by default `DEFAULT_TOKEN` with every scope. */
  readonly tokens?: Readonly<Record<string, readonly string[]>>;
  readonly oauth?: OauthApp;
  /** Null switches all limits off. */
  readonly limits?: Limits | null;
  /** What the short rate windows are measured by: real time unless a test wants to move it. */
  readonly pace?: Pick<Clock, "monotonicMs">;
  readonly indexLagMs?: number;
  /** Links of one record in one page of associations. */
  readonly associationPage?: number;
  readonly historyBatch?: number;
  readonly adminRules?: readonly AdminRule[];
  readonly latencyMs?: number;
  readonly port?: number;
  readonly rng?: Rng;
}

export interface HubspotEmulator {
  /** For the connection's `baseUrl`. */
  readonly url: string;
  readonly host: Host;
  readonly portal: Portal;
  readonly names: Names;
  readonly auth: Auth;
  readonly meter: Meter;
  readonly edits: Edits;
  /** Lets the world's happenings up to the clock's time become records, stamped with their own times. */
  catchUp(): void;
  close(): Promise<void>;
}

export const DEFAULT_TOKEN = "pat-eu1-sandbox-0000-0000-000000000001";
export const APP_ID = "4711001";
const LONGEST_URL = 10_000;

/** A HubSpot account on the loopback interface, filled with the world as it is at the clock's time. */
export async function startHubspotEmulator(options: HubspotEmulatorOptions): Promise<HubspotEmulator> {
  const { world, clock } = options;
  const { company } = world;
  const rng = options.rng ?? seededRng(4711);
  const portal = newPortal({
    id: 139_800_417,
    timeZone: "Europe/Warsaw",
    homeCurrency: company.homeCurrency,
    otherCurrencies: company.currencies.filter((currency) => currency !== company.homeCurrency),
    clock,
    rng,
    indexLagMs: options.indexLagMs ?? 60_000,
  });
  const names = namesFor(company);
  const side = options.side ?? "one";
  const products = foundPortal(portal, company, names, side, msOf(world.anchor) - 900 * 86_400_000);
  const tell = teller(portal, company, names, products);
  let toldUntil: Instant | null = null;
  const catchUp = (): void => {
    const until = instantFromMs(clock.nowMs());
    for (const happening of world.happenings(toldUntil, until)) if (happening.sides.includes(side)) tell(happening);
    toldUntil = until;
  };
  catchUp();
  const limits = options.limits === undefined ? ENTERPRISE : options.limits;
  const counter = meter(limits, portal.timeZone, clock, options.pace ?? systemClock());
  const guard = auth(
    { tokens: options.tokens ?? { [DEFAULT_TOKEN]: ALL_SCOPES }, oauth: options.oauth ?? null, portalId: portal.id },
    clock,
    rng,
  );
  const handle = handler(portal, counter, guard, options, limits?.perDay ?? ENTERPRISE.perDay);
  const host = await startHost({ clock, handler: handle, latencyMs: options.latencyMs ?? 0, port: options.port ?? 0 });
  return { url: host.url, host, portal, names, auth: guard, meter: counter, edits: editsOf(portal), catchUp, close: () => host.close() };
}

/** As the sandbox starts it: a HubSpot account with a static token. */
export async function hubspotCrm(options: CrmStart): Promise<SandboxCrm> {
  const emulator = await startHubspotEmulator({ ...options, ...(options.limited ? {} : { limits: null }) });
  return {
    crm: "hubspot",
    url: emulator.url,
    host: emulator.host,
    connection: { type: "hubspot", auth: { kind: "token", token: DEFAULT_TOKEN }, baseUrl: emulator.url, apiVersion: "2026-03" },
    catchUp: emulator.catchUp,
    close: emulator.close,
  };
}

function handler(
  portal: Portal,
  counter: Meter,
  guard: Auth,
  options: HubspotEmulatorOptions,
  perDay: number,
): (request: SandboxRequest) => Promise<SandboxReply> {
  const answer = router<HubspotRequest>(
    [
      ...searchRoutes(portal),
      ...readRoutes(portal, { historyBatch: options.historyBatch ?? 50 }),
      ...writeRoutes(portal, { appId: APP_ID, adminRules: options.adminRules ?? [] }),
      ...associationRoutes(portal, options.associationPage ?? 500),
      ...schemaRoutes(portal),
      ...accountRoutes(portal, counter, perDay),
    ],
    () => textReply(404, "<html><body>Not Found</body></html>", "text/html"),
  );
  return async (request) => {
    if (request.path.length + request.query.toString().length > LONGEST_URL)
      return textReply(414, "<html><body>414 Request-URI Too Large</body></html>", "text/html");
    const place = unversioned(request.path);
    if (place === null) return textReply(404, "<html><body>Not Found</body></html>", "text/html");
    try {
      if (place.path === "/oauth/token") return guard.token(request);
      const scopes = guard.scopesOf(request);
      const headers = counter.count(kindOf(place.path));
      const reply = await answer({ ...request, ...place, scopes });
      return { ...reply, headers: { ...reply.headers, ...headers } };
    } catch (error) {
      if (error instanceof Refusal) return refusalReply(error, portal.rng);
      throw error;
    }
  };
}

function kindOf(path: string): CallKind {
  if (path.endsWith("/search")) return "search";
  return path.includes("/associations/") ? "associations" : "other";
}
