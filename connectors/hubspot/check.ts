import type { CheckLine, CheckReport } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import type { Asker, HubSpot } from "./client.ts";
import type { Settings } from "./config.ts";
import { SUPPORTED_UNTIL } from "./versions.ts";

/** What is read from each object, asked with a single record: what is refused is named with its scope. */
const PROBES: readonly (readonly [what: string, path: (hub: HubSpot) => string])[] = [
  ["deals", (hub) => hub.paths.objects("deals")],
  ["companies", (hub) => hub.paths.objects("companies")],
  ["contacts", (hub) => hub.paths.objects("contacts")],
  ["calls", (hub) => hub.paths.objects("calls")],
  ["emails", (hub) => hub.paths.objects("emails")],
  ["meetings", (hub) => hub.paths.objects("meetings")],
  ["tasks", (hub) => hub.paths.objects("tasks")],
  ["notes", (hub) => hub.paths.objects("notes")],
  ["goals", (hub) => hub.paths.objects("goal_targets")],
  ["owners", (hub) => hub.paths.owners()],
  ["pipelines", (hub) => hub.paths.pipelines("deals")],
  ["exchange rates", (hub) => hub.paths.exchangeRates()],
];

const NEAR_END_DAYS = 180;
const DAY_MS = 86_400_000;

/** Login, scopes of each object with their remedies, calls left, age of the API version. A token that is refused ends it at once. */
export async function check(hub: HubSpot, settings: Settings, asker: Asker): Promise<CheckReport> {
  const usage: { used: number; limit: number }[] = [];
  const watching: Asker = {
    signal: asker.signal,
    budget: { ...asker.budget, spend: (calls) => asker.budget.spend(calls), observe: (seen) => usage.push(seen) },
  };
  const login = await attempt("login", async () => {
    const account = await hub.account(watching);
    return account === null ? "the token works" : `portal ${account.portalId} on ${account.uiDomain}`;
  });
  const isRefused = !login.ok && login.recovery !== "configure";
  const lines: CheckLine[] = [
    isRefused || login.ok
      ? line(login)
      : {
          what: "login",
          ok: true,
          detail:
            "the token works; it may not read the account's details, so links to records need portal: {id, uiDomain} in the connection",
        },
  ];
  if (!isRefused) {
    for (const [what, path] of PROBES) {
      const request = { name: `${what}.probe`, method: "GET", path: path(hub), query: [["limit", "1"] as [string, string]] } as const;
      const ask = async (): Promise<string> => {
        await hub.request(request, watching);
        return "readable";
      };
      lines.push(line(await attempt(what, ask)));
    }
    const latest = usage.at(-1);
    if (latest !== undefined) lines.push(budgetLine(latest, settings.budget.dailyShare));
  }
  lines.push(versionLine(settings, Date.parse(hub.clock.now())));
  return { account: hub.knownAccount()?.portalId ?? null, lines };
}

interface Outcome extends CheckLine {
  readonly recovery: string | null;
}

function line({ what, ok, detail }: Outcome): CheckLine {
  return { what, ok, detail };
}

async function attempt(what: string, ask: () => Promise<string>): Promise<Outcome> {
  try {
    return { what, ok: true, detail: await ask(), recovery: null };
  } catch (error) {
    if (!isAppError(error) || error.recovery === "cancelled") throw error;
    return { what, ok: false, detail: error.message, recovery: error.recovery };
  }
}

function budgetLine({ used, limit }: { used: number; limit: number }, share: number): CheckLine {
  const left = limit - used;
  const detail = `${left} of ${limit} calls left today for all integrations; this connection may use ${Math.floor(limit * share)}`;
  return { what: "calls left", ok: left > 0, detail: left > 0 ? detail : `${detail}. Wait for midnight of the portal.` };
}

function versionLine({ apiVersion }: Settings, nowMs: number): CheckLine {
  const until = SUPPORTED_UNTIL[apiVersion];
  const days = Math.floor((Date.parse(until) - nowMs) / DAY_MS);
  const ok = days > NEAR_END_DAYS;
  return { what: "API version", ok, detail: `${apiVersion}, supported until ${until}${ok ? "" : ": set apiVersion to a newer one"}` };
}
