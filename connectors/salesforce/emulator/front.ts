import { type Handler, jsonReply, type Route, route, router, type SandboxReply, type SandboxRequest, textReply } from "#sandbox/http.ts";
import { describeObject, summary } from "./describe.ts";
import type { Org } from "./org.ts";
import type { Queries } from "./queries.ts";
import { objectOf, parseBody, removeOne, replicated, retrieve, retrieveCollection, writeCollection, writeOne } from "./records.ts";
import { ApiError, apiError, errorReply, notFound } from "./replies.ts";
import type { ObjectType } from "./schema.ts";
import type { Tokens } from "./tokens.ts";
import { createCustomField, stagesOfRecordType } from "./tooling.ts";

export const OLDEST_VERSION = 41;
export const NEWEST_VERSION = 68;
/** Path, query and headers together may not be longer. */
const LONGEST_REQUEST = 16_384;

/** Calls of the last 24 hours, as the org counts them for all its clients. */
export interface Usage {
  used: number;
  max: number;
}

export interface FrontDeps {
  readonly org: Org;
  readonly tokens: Tokens;
  readonly queries: Queries;
  readonly usage: Usage;
  /** Known once the server listens. */
  url(): string;
  /** What happens before any answer: the world moves on. */
  catchUp(): void;
  stageNames(recordTypeId: string): readonly string[];
}

/** The whole HTTP face of the org. */
export function front(deps: FrontDeps): Handler {
  const { tokens, usage } = deps;
  const serve = dataRoutes(deps);
  const guarded = (request: SandboxRequest): SandboxReply => {
    if (!tokens.isValid(request)) throw apiError(401, "INVALID_SESSION_ID", "Session expired or invalid");
    if (usage.used >= usage.max) throw apiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    usage.used += 1;
    checkVersion(request.path);
    const reply = serve(request);
    return { ...reply, headers: { ...reply.headers, "sforce-limit-info": `api-usage=${usage.used}/${usage.max}` } };
  };
  return (request) => {
    deps.catchUp();
    if (lengthOf(request) > LONGEST_REQUEST)
      return textReply(414, "<html><head><title>414 URI Too Long</title></head><body>URI Too Long</body></html>", "text/html");
    if (request.path === "/services/oauth2/token" && request.method === "POST") return tokens.token(request, deps.url());
    if (request.path === "/services/oauth2/userinfo") return userInfo(deps, request);
    if (request.path === "/services/data" || request.path === "/services/data/") return versions();
    try {
      return guarded(request);
    } catch (error) {
      if (error instanceof ApiError) return errorReply(error);
      throw error;
    }
  };
}

const lengthOf = (request: SandboxRequest): number =>
  request.path.length +
  request.query.toString().length +
  Object.entries(request.headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);

function userInfo({ org, tokens }: FrontDeps, request: SandboxRequest): SandboxReply {
  if (!tokens.isValid(request)) return textReply(403, "Bad_OAuth_Token");
  const user = org.store.get("User", org.integrationUserId);
  const [organization] = org.store.rows("Organization").keys();
  return jsonReply(200, {
    user_id: org.integrationUserId,
    organization_id: organization,
    preferred_username: user?.["Username"],
    name: user?.["Name"],
    email: user?.["Email"],
    active: true,
  });
}

function versions(): SandboxReply {
  const list = Array.from({ length: NEWEST_VERSION - OLDEST_VERSION + 1 }, (_, index) => `${OLDEST_VERSION + index}.0`);
  return jsonReply(
    200,
    list.map((version) => ({ label: `v${version}`, url: `/services/data/v${version}`, version })),
  );
}

function checkVersion(path: string): void {
  const version = Number(/^\/services\/data\/v(\d+)\.0(\/|$)/.exec(path)?.[1] ?? Number.NaN);
  if (Number.isNaN(version) || version > NEWEST_VERSION) throw notFound("The requested resource does not exist");
  if (version < OLDEST_VERSION) throw apiError(410, "UNSUPPORTED_API_VERSION", `API version ${version}.0 is retired`);
}

type Params = Readonly<Record<string, string>>;

function dataRoutes(deps: FrontDeps): (request: SandboxRequest) => SandboxReply {
  const { org, queries } = deps;
  const at = (method: string, path: string, run: (request: SandboxRequest, version: string, params: Params) => SandboxReply): Route =>
    route(method, `/services/data/:version${path}`, (request, params) => run(request, (params["version"] ?? "").replace("v", ""), params));
  const typeOf = (params: Params): ObjectType => org.store.object(params["object"] ?? "");
  const query = (path: string, all: boolean, tooling: boolean): readonly Route[] => [
    at("GET", path, (request, version) => queries.run(request, { version, all, tooling })),
    at("GET", `${path}/:locator`, (request, version, params) => queries.more(request, params["locator"] ?? "", version)),
  ];
  const records = (prefix: string): readonly Route[] => [
    at("POST", `${prefix}/sobjects/:object`, (request, _version, params) => writeOne(org, typeOf(params), null, request)),
    at("GET", `${prefix}/sobjects/:object/:id`, (request, version, params) =>
      retrieve(org, typeOf(params), params["id"] ?? "", request, version),
    ),
    at("PATCH", `${prefix}/sobjects/:object/:id`, (request, _version, params) =>
      writeOne(org, typeOf(params), params["id"] ?? "", request),
    ),
    at("DELETE", `${prefix}/sobjects/:object/:id`, (_request, _version, params) => removeOne(org, typeOf(params), params["id"] ?? "")),
  ];
  const describe =
    (tooling: boolean) =>
    (_request: SandboxRequest, version: string): SandboxReply => {
      const sobjects = [...org.store.objects.values()].filter((type) => type.tooling === tooling).map((type) => summary(type, version));
      return jsonReply(200, { encoding: "UTF-8", maxBatchSize: 200, sobjects });
    };
  const routes: readonly Route[] = [
    at("GET", "", (_request, version) => jsonReply(200, resources(version))),
    at("GET", "/limits", () => jsonReply(200, limits(deps.usage))),
    at("GET", "/limits/recordCount", (request) => recordCount(org, request)),
    ...query("/query", false, false),
    ...query("/queryAll", true, false),
    ...query("/tooling/query", false, true),
    at("GET", "/sobjects", describe(false)),
    at("GET", "/tooling/sobjects", describe(true)),
    at("GET", "/sobjects/:object/describe", (_request, version, params) => jsonReply(200, describeObject(org, typeOf(params), version))),
    at("GET", "/sobjects/:object/deleted", (request, _version, params) => replicated(org, typeOf(params), request, "deleted")),
    at("GET", "/sobjects/:object/updated", (request, _version, params) => replicated(org, typeOf(params), request, "updated")),
    at("POST", "/tooling/sobjects/CustomField", (request) => createCustomField(org, request)),
    at("PATCH", "/composite/sobjects", (request) => writeCollection(org, request, "update")),
    at("POST", "/composite/sobjects", (request) => writeCollection(org, request, "create")),
    at("POST", "/composite/sobjects/:object", (request, version, params) => retrieveCollection(org, typeOf(params), request, version)),
    at("POST", "/composite", (request) => composite(request, (inner) => handle(inner))),
    at("GET", "/ui-api/object-info/Opportunity/picklist-values/:recordType/StageName", (_request, _version, params) =>
      stagesOfRecordType(org, params["recordType"] ?? "", deps.stageNames),
    ),
    ...records(""),
    ...records("/tooling"),
  ];
  const dispatch = router(routes, () => {
    throw notFound("The requested resource does not exist");
  });
  const handle = (request: SandboxRequest): SandboxReply => {
    const reply = dispatch(request);
    if (reply instanceof Promise) throw new TypeError("routes of the org answer at once");
    return reply;
  };
  return handle;
}

/** `POST /composite`: several calls in one, each answered by itself. References between them are not served. */
function composite(request: SandboxRequest, handle: (request: SandboxRequest) => SandboxReply): SandboxReply {
  const list = objectOf(parseBody(request))["compositeRequest"];
  const answers = (Array.isArray(list) ? list : []).map((one) => {
    const { method, url, body, referenceId } = objectOf(one);
    const parsed = new URL(String(url), "http://sandbox.invalid");
    const inner = {
      method: String(method),
      path: parsed.pathname,
      query: parsed.searchParams,
      headers: request.headers,
      body: JSON.stringify(body ?? null),
    };
    const reply = answered(() => handle(inner));
    return { body: reply.body === "" ? null : JSON.parse(reply.body), httpHeaders: {}, httpStatusCode: reply.status, referenceId };
  });
  return jsonReply(200, { compositeResponse: answers });
}

function answered(run: () => SandboxReply): SandboxReply {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) return errorReply(error);
    throw error;
  }
}

function resources(version: string): object {
  const names = ["sobjects", "query", "queryAll", "limits", "composite", "tooling"];
  return Object.fromEntries(names.map((name) => [name, `/services/data/v${version}/${name}`]));
}

function limits(usage: Usage): object {
  const entry = (max: number, remaining: number): object => ({ Max: max, Remaining: remaining });
  return {
    DailyApiRequests: entry(usage.max, Math.max(0, usage.max - usage.used)),
    DailyBulkV2QueryJobs: entry(10_000, 10_000),
    DailyBulkV2QueryFileStorageMB: entry(976_562, 976_562),
    DailyBulkApiBatches: entry(15_000, 15_000),
    ConcurrentAsyncGetReportInstances: entry(200, 200),
    DataStorageMB: entry(10_240, 9_000),
  };
}

function recordCount(org: Org, request: SandboxRequest): SandboxReply {
  const asked = (request.query.get("sObjects") ?? "").split(",").filter((name) => name !== "");
  const names = asked.length === 0 ? [...org.store.objects.values()].map(({ name }) => name) : asked;
  return jsonReply(200, { sObjects: names.map((name) => ({ count: org.store.rows(org.store.object(name).name).size, name })) });
}
