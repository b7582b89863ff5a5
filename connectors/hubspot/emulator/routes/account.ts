import { msOf } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import { jsonReply, type Route, route } from "#sandbox/http.ts";
import { requireScope } from "../auth.ts";
import { invalid, notFound } from "../errors.ts";
import type { Meter } from "../limits.ts";
import type { StoredPipeline, StoredStage } from "../pipelines.ts";
import { type ExchangeRate, type Owner, type Portal, rateAt } from "../portal.ts";
import { type HubspotRequest, queryNumber, requireSchema, typeParam } from "../request.ts";
import { iso } from "../show.ts";

/** What belongs to the account as a whole: pipelines, owners, teams, users, currencies, details. */
export function accountRoutes(portal: Portal, meter: Meter, perDay: number): readonly Route<HubspotRequest>[] {
  return [...pipelineRoutes(portal), ...ownerRoutes(portal), ...currencyRoutes(portal), ...detailRoutes(portal, meter, perDay)];
}

function pipelineRoutes(portal: Portal): readonly Route<HubspotRequest>[] {
  const pipelinesOf = (request: HubspotRequest, params: Readonly<Record<string, string>>): readonly StoredPipeline[] => {
    const type = typeParam(params);
    if (type !== "deals" && type !== "leads") throw invalid(`${type} have no pipelines`);
    requireSchema(request, type, "read");
    return portal.pipelines[type];
  };
  const one = (request: HubspotRequest, params: Readonly<Record<string, string>>): StoredPipeline => {
    const found = pipelinesOf(request, params).find((pipeline) => pipeline.id === params["pipeline"]);
    if (found === undefined) throw notFound();
    return found;
  };
  const audit = (pipeline: StoredPipeline, stageId: string | null): unknown => ({
    results: pipeline.audit
      .filter((entry) => stageId === null || entry.stageId === stageId)
      .map((entry) => ({
        identifier: stageId ?? pipeline.id,
        action: entry.action,
        portalId: portal.id,
        timestamp: iso(entry.ms),
        rawObject: entry.rawObject,
        ...(entry.fromUserId === null ? {} : { fromUserId: entry.fromUserId }),
      })),
  });
  return [
    route("GET", "/crm/pipelines/:type", (request, params) => jsonReply(200, { results: pipelinesOf(request, params).map(showPipeline) })),
    route("GET", "/crm/pipelines/:type/:pipeline", (request, params) => jsonReply(200, showPipeline(one(request, params)))),
    route("GET", "/crm/pipelines/:type/:pipeline/stages", (request, params) =>
      jsonReply(200, { results: one(request, params).stages.map(showStage) }),
    ),
    route("GET", "/crm/pipelines/:type/:pipeline/audit", (request, params) => jsonReply(200, audit(one(request, params), null))),
    route("GET", "/crm/pipelines/:type/:pipeline/stages/:stage/audit", (request, params) =>
      jsonReply(200, audit(one(request, params), params["stage"] ?? "")),
    ),
  ];
}

function showPipeline(pipeline: StoredPipeline): unknown {
  return {
    id: pipeline.id,
    label: pipeline.label,
    displayOrder: pipeline.displayOrder,
    stages: pipeline.stages.map(showStage),
    createdAt: iso(pipeline.createdMs),
    updatedAt: iso(pipeline.updatedMs),
    archived: false,
  };
}

function showStage(stage: StoredStage): unknown {
  return {
    id: stage.id,
    label: stage.label,
    displayOrder: stage.displayOrder,
    metadata: stage.metadata,
    createdAt: iso(stage.createdMs),
    updatedAt: iso(stage.updatedMs),
    writePermissions: "CRM_PERMISSIONS_ENFORCEMENT",
    archived: false,
  };
}

function ownerRoutes(portal: Portal): readonly Route<HubspotRequest>[] {
  return [
    route("GET", "/crm/owners", (request) => {
      requireScope(request.scopes, "crm.objects.owners.read");
      const archived = request.query.get("archived") === "true";
      const email = request.query.get("email");
      const limit = queryNumber(request, "limit", 100, 500);
      const after = Number(request.query.get("after") ?? 0);
      const all = portal.owners
        .filter((owner) => isArchived(portal, owner) === archived && (email === null || owner.email === email))
        .toSorted((a, b) => a.id - b.id);
      const page = all.slice(after, after + limit);
      const more =
        after + limit < all.length
          ? { paging: { next: { after: String(after + limit), link: "https://api.hubapi.com/crm/v3/owners/" } } }
          : {};
      return jsonReply(200, { results: page.map((owner) => showOwner(portal, owner)), ...more });
    }),
    route("GET", "/crm/owners/:id", (request, params) => {
      requireScope(request.scopes, "crm.objects.owners.read");
      const byUser = request.query.get("idProperty") === "userId";
      const archived = request.query.get("archived") === "true";
      const found = portal.owners.find(
        (owner) => String(byUser ? owner.userId : owner.id) === params["id"] && isArchived(portal, owner) === archived,
      );
      if (found === undefined) throw notFound();
      return jsonReply(200, showOwner(portal, found));
    }),
    route("GET", "/settings/users/teams", (request) => {
      requireScope(request.scopes, "settings.users.teams.read");
      const teams = new Map(portal.owners.flatMap((owner) => owner.teams.map((team) => [team.id, team.name] as const)));
      const members = (id: number): readonly string[] =>
        portal.owners
          .filter((owner) => owner.userId !== null && !isArchived(portal, owner) && owner.teams.some((team) => team.id === id))
          .map((owner) => String(owner.userId));
      return jsonReply(200, {
        results: [...teams].map(([id, name]) => ({ id: String(id), name, userIds: members(id), secondaryUserIds: [] })),
      });
    }),
    route("GET", "/settings/users", (request) => {
      requireScope(request.scopes, "settings.users.read");
      const active = portal.owners.filter((owner) => owner.userId !== null && !isArchived(portal, owner));
      return jsonReply(200, {
        results: active.map((owner) => ({
          id: String(owner.userId),
          email: owner.email,
          firstName: owner.firstName,
          lastName: owner.lastName,
          superAdmin: false,
          ...(owner.teams[0] === undefined ? {} : { primaryTeamId: String(owner.teams[0].id) }),
        })),
      });
    }),
  ];
}

function isArchived(portal: Portal, owner: Owner): boolean {
  return owner.archivedMs !== null && owner.archivedMs <= portal.clock.nowMs();
}

function showOwner(portal: Portal, owner: Owner): unknown {
  const archived = isArchived(portal, owner);
  return {
    id: String(owner.id),
    ...(owner.email === null ? {} : { email: owner.email }),
    type: owner.type,
    firstName: owner.firstName,
    lastName: owner.lastName,
    userId: archived ? null : owner.userId,
    ...(owner.userId === null ? {} : { userIdIncludingInactive: owner.userId }),
    createdAt: iso(owner.createdMs),
    updatedAt: iso(archived ? (owner.archivedMs ?? owner.createdMs) : owner.createdMs),
    archived,
    ...(owner.teams.length === 0
      ? {}
      : { teams: owner.teams.map((team) => ({ id: String(team.id), name: team.name, primary: team.primary })) }),
  };
}

function currencyRoutes(portal: Portal): readonly Route<HubspotRequest>[] {
  const known = (): readonly ExchangeRate[] => portal.rates.filter((rate) => rate.effectiveMs <= portal.clock.nowMs());
  const showRate = (rate: ExchangeRate): unknown => ({
    id: String(rate.id),
    fromCurrencyCode: rate.from,
    toCurrencyCode: portal.homeCurrency,
    conversionRate: rate.rate,
    effectiveAt: iso(rate.effectiveMs),
    createdAt: iso(rate.effectiveMs),
    updatedAt: iso(rate.effectiveMs),
    visibleInUI: true,
  });
  return [
    route("GET", "/settings/currencies/exchange-rates", (request) => {
      requireScope(request.scopes, "settings.currencies.read");
      const limit = queryNumber(request, "limit", 100, 100);
      const after = Number(request.query.get("after") ?? 0);
      const all = known();
      const more = after + limit < all.length ? { paging: { next: { after: String(after + limit) } } } : {};
      return jsonReply(200, { results: all.slice(after, after + limit).map(showRate), ...more });
    }),
    route("GET", "/settings/currencies/exchange-rates/current", (request) => {
      requireScope(request.scopes, "settings.currencies.read");
      const current = portal.otherCurrencies.flatMap(
        (currency) =>
          known().findLast((rate) => rate.from === currency && rate.rate === rateAt(portal, currency, portal.clock.nowMs())) ?? [],
      );
      return jsonReply(200, { results: current.map(showRate) });
    }),
    route("GET", "/settings/currencies/company-currency", (request) => {
      requireScope(request.scopes, "settings.currencies.read");
      return jsonReply(200, { currencyCode: portal.homeCurrency });
    }),
  ];
}

function detailRoutes(portal: Portal, meter: Meter, perDay: number): readonly Route<HubspotRequest>[] {
  return [
    route("GET", "/account-info/details", (request) => {
      requireScope(request.scopes, "oauth");
      const nowMs = portal.clock.nowMs();
      const here = zone(portal.timeZone);
      const offsetMs = nowMs - msOf(here.startOf(here.dayOf(portal.clock.now()))) - (nowMs % 86_400_000);
      const minutes = Math.round(offsetMs / 60_000);
      const shifted = minutes > 840 ? minutes - 1_440 : minutes < -720 ? minutes + 1_440 : minutes;
      return jsonReply(200, {
        portalId: portal.id,
        accountType: "STANDARD",
        timeZone: portal.timeZone,
        companyCurrency: portal.homeCurrency,
        additionalCurrencies: portal.otherCurrencies,
        utcOffset: `${shifted < 0 ? "-" : "+"}${String(Math.floor(Math.abs(shifted) / 60)).padStart(2, "0")}:${String(Math.abs(shifted) % 60).padStart(2, "0")}`,
        utcOffsetMilliseconds: shifted * 60_000,
        uiDomain: portal.uiDomain,
        dataHostingLocation: "eu1",
      });
    }),
    route("GET", "/account-info/api-usage/daily/private-apps", () => {
      const usage = {
        name: "private-apps-api-calls-daily",
        usageLimit: perDay,
        currentUsage: meter.usedToday(),
        collectedAt: portal.clock.now(),
        fetchStatus: "SUCCESS",
      };
      return jsonReply(200, { results: [usage] });
    }),
    route("GET", "/crm/limits/custom-properties", () => jsonReply(200, { byObjectType: [], overallLimit: 1_000 })),
  ];
}
