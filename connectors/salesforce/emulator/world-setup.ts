import { addDays, type Day } from "#core/time/day.ts";
import { msOf } from "#core/time/instant.ts";
import type { Company, Person, Pipeline, Side, Stage } from "#sandbox/world/types.ts";
import type { Org } from "./org.ts";
import { idFor, type Row } from "./values.ts";

/** The org and what the world's happenings need to be told in it. */
export interface Scene {
  readonly org: Org;
  readonly company: Company;
  /** Which of the company's two CRMs the org is. */
  readonly side: Side;
  /** Rows of history each deal has so far, for their ids. */
  readonly historyCounts: Map<string, number>;
  readonly accountRegions: Map<string, string>;
}

/** Names the org has for things of the world. */
export const ids = {
  user: (key: string): string => idFor("005", `person-${key}`),
  queue: (key: string): string => idFor("00G", key),
  role: (key: string): string => idFor("00E", key),
  recordType: (key: string): string => idFor("012", key),
  product: (key: string): string => idFor("01t", key),
  account: (key: string): string => idFor("001", key),
  contact: (key: string): string => idFor("003", key),
  lead: (key: string): string => idFor("00Q", key),
  deal: (key: string): string => idFor("006", key),
  task: (key: string): string => idFor("00T", key),
  event: (key: string): string => idFor("00U", key),
  email: (key: string): string => idFor("02s", key),
};

const FORECAST = {
  omitted: ["Omitted", "Omitted"],
  pipeline: ["Pipeline", "Pipeline"],
  best_case: ["BestCase", "Best Case"],
  commit: ["Forecast", "Commit"],
  closed: ["Closed", "Closed"],
} as const;

/** [API form, label form]: they differ for Best Case and Commit. */
export const forecastOf = (forecast: keyof typeof FORECAST): readonly [string, string] => FORECAST[forecast];

/** What a stage is called in the data: its first name for ever, whatever label it was given later. */
export const stageApiName = (stage: Stage): string => stage.renamed?.from ?? stage.label;

/** Company, people, process, money and rights: all that is there before the first deal. */
export function setUp(scene: Scene, bornMs: number): void {
  const { org, company, side } = scene;
  const put = (object: string, id: string, row: Row, at = bornMs): Row => org.store.put(object, id, row, at, org.integrationUserId);
  put("Organization", idFor("00D", company.name), {
    Name: company.name,
    Country: "DE",
    FiscalYearStartMonth: 1,
    UsesStartDateAsFiscalYearName: false,
    TimeZoneSidKey: "Europe/Berlin",
    DefaultLocaleSidKey: "en_GB",
    LanguageLocaleKey: "en_US",
    DefaultCurrencyIsoCode: company.homeCurrency,
    OrganizationType: "Enterprise Edition",
    InstanceName: "EU99",
    IsSandbox: false,
  });
  putTechnicalUsers(org, company, bornMs);
  for (const team of company.teams) {
    put("UserRole", ids.role(team.key), {
      Name: team.name,
      DeveloperName: team.key,
      ParentRoleId: team.parentKey === null ? null : ids.role(team.parentKey),
    });
  }
  for (const person of company.people.filter(({ sides }) => sides.includes(side))) putPerson(scene, person);
  for (const pipeline of company.pipelines) putPipeline(org, pipeline, bornMs);
  putStages(org, company, bornMs);
  for (const { key, name, series } of company.products) {
    put("Product2", ids.product(key), {
      Name: name,
      ProductCode: key.toUpperCase(),
      Family: series,
      IsActive: true,
      CurrencyIsoCode: company.homeCurrency,
    });
  }
  putMoney(scene, bornMs);
  putRights(org, bornMs);
  putAutomations(org, bornMs);
}

function putTechnicalUsers(org: Org, company: Company, at: number): void {
  const user = (id: string, row: Row): void => {
    org.store.put("User", id, { ...USER_DEFAULTS, DefaultCurrencyIsoCode: company.homeCurrency, ...row }, at, org.integrationUserId);
  };
  const profile = idFor("00e", "integration");
  org.store.put("Profile", profile, { Name: "Minimum Access - API Only Integrations", UserType: "Standard" }, at, org.integrationUserId);
  user(org.integrationUserId, {
    Username: `integration@${company.domain}`,
    Email: `crm-admin@${company.domain}`,
    FirstName: "Integration",
    LastName: "User",
    Name: "Integration User",
    ProfileId: profile,
  });
  user(idFor("005", "person-admin"), {
    Username: `admin@${company.domain}`,
    Email: `crm-admin@${company.domain}`,
    FirstName: "CRM",
    LastName: "Admin",
    Name: "CRM Admin",
  });
  user(idFor("005", "automated"), {
    Username: "autoproc@00dorg",
    Email: "autoproc@00dorg",
    LastName: "Automated Process",
    Name: "Automated Process",
    UserType: "AutomatedProcess",
  });
  user(idFor("005", "insights"), {
    Username: "insightssecurity@00dorg",
    Email: "insightssecurity@example.com",
    LastName: "Security User",
    Name: "Security User",
    UserType: "CloudIntegrationUser",
  });
}

const USER_DEFAULTS: Row = {
  IsActive: true,
  UserType: "Standard",
  TimeZoneSidKey: "Europe/Berlin",
  LocaleSidKey: "en_GB",
  LanguageLocaleKey: "en_US",
  ForecastEnabled: false,
};

const LANGUAGES: Readonly<Record<Person["language"], string>> = { en: "en_US", ja: "ja", ko: "ko", pl: "pl" };

/** A person's user; a queue is a group. Who has left is inactive since then. */
export function putPerson({ org, company, side }: Scene, person: Person): void {
  const started = msOf(person.startedAt);
  if (person.kind === "queue") {
    org.store.put(
      "Group",
      ids.queue(person.key),
      { Name: `${person.firstName} ${person.lastName}`, DeveloperName: person.key, Type: "Queue" },
      started,
      org.integrationUserId,
    );
    return;
  }
  const team = company.teams.find(({ key }) => key === person.teamKey);
  const manager = company.people.find(({ key }) => key === person.managerKey);
  const row: Row = {
    ...USER_DEFAULTS,
    Username: `${person.email}.crm`,
    Email: person.email,
    FirstName: person.firstName,
    LastName: person.lastName,
    Name: `${person.firstName} ${person.lastName}`,
    Title: person.title,
    Department: team?.name ?? null,
    Division: team?.region ?? null,
    UserRoleId: team === undefined ? null : ids.role(team.key),
    ManagerId: manager?.sides.includes(side) ? ids.user(manager.key) : null,
    TimeZoneSidKey: person.timeZone,
    LanguageLocaleKey: LANGUAGES[person.language],
    DefaultCurrencyIsoCode: company.homeCurrency,
    ForecastEnabled: true,
  };
  org.store.put("User", ids.user(person.key), row, started, org.integrationUserId);
  if (person.leftAt !== null && msOf(person.leftAt) <= org.clock.nowMs()) {
    org.store.put("User", ids.user(person.key), { IsActive: false }, msOf(person.leftAt), org.integrationUserId);
  }
}

function putPipeline(org: Org, pipeline: Pipeline, at: number): void {
  const process = idFor("019", pipeline.key);
  const developerName = pipeline.key.replaceAll("-", "_");
  org.store.put(
    "BusinessProcess",
    process,
    { Name: pipeline.label, TableEnumOrId: "Opportunity", IsActive: true },
    at,
    org.integrationUserId,
  );
  const row = {
    Name: pipeline.label,
    DeveloperName: developerName,
    SobjectType: "Opportunity",
    BusinessProcessId: process,
    IsActive: true,
  };
  org.store.put("RecordType", ids.recordType(pipeline.key), row, at, org.integrationUserId);
}

/** One list of stages for all processes, as the platform has it. */
function putStages(org: Org, company: Company, at: number): void {
  const stages = company.pipelines.flatMap(({ stages: own }) => own);
  stages.forEach((stage, index) => {
    const [category, categoryName] = forecastOf(stage.forecast);
    const row: Row = {
      MasterLabel: stage.renamed?.from ?? stage.label,
      ApiName: stageApiName(stage),
      IsActive: true,
      SortOrder: index + 1,
      IsClosed: stage.outcome !== "open",
      IsWon: stage.outcome === "won",
      ForecastCategory: category,
      ForecastCategoryName: categoryName,
      DefaultProbability: Math.round(stage.probability * 100),
    };
    const id = idFor("01J", stageApiName(stage));
    org.store.put("OpportunityStage", id, row, at, org.integrationUserId);
    if (stage.renamed !== null)
      org.store.put("OpportunityStage", id, { MasterLabel: stage.label }, msOf(stage.renamed.at), org.integrationUserId);
  });
}

function putMoney({ org, company, side }: Scene, at: number): void {
  const put = (object: string, key: string, row: Row, prefix: string): void => {
    org.store.put(object, idFor(prefix, key), row, at, org.integrationUserId);
  };
  for (const currency of company.currencies) {
    const rates = company.rates.filter((rate) => rate.currency === currency);
    const isCorporate = currency === company.homeCurrency;
    put(
      "CurrencyType",
      currency,
      {
        IsoCode: currency,
        ConversionRate: rates.at(-1)?.perHome ?? 1,
        DecimalPlaces: currency === "JPY" ? 0 : 2,
        IsActive: true,
        IsCorporate: isCorporate,
      },
      "01L",
    );
    rates.forEach((rate, index) => {
      const next: Day | null = rates[index + 1]?.from ?? null;
      put(
        "DatedConversionRate",
        `${currency}/${rate.from}`,
        { IsoCode: currency, StartDate: rate.from, NextStartDate: next ?? "9999-12-31", ConversionRate: rate.perHome },
        "04w",
      );
    });
  }
  const type = idFor("0Db", "amount");
  put(
    "ForecastingType",
    "amount",
    { DeveloperName: "OpportunityRevenue", MasterLabel: "Opportunity Revenue", IsActive: true, IsAmount: true, IsQuantity: false },
    "0Db",
  );
  for (const quota of company.quotas) {
    if (!("person" in quota.who) || !quota.sides.includes(side)) continue;
    const row: Row = {
      QuotaOwnerId: ids.user(quota.who.person),
      StartDate: quota.firstDay,
      PeriodId: putPeriod(org, quota.every, quota.firstDay, quota.lastDay, at),
      QuotaAmount: quota.amount,
      IsAmount: true,
      IsQuantity: false,
      ForecastingTypeId: type,
      CurrencyIsoCode: company.homeCurrency,
    };
    put("ForecastingQuota", quota.key, row, "0J9");
  }
}

/** The fiscal period of those days; its end is the last day. */
function putPeriod(org: Org, every: "month" | "quarter", first: Day, last: Day, at: number): string {
  const id = idFor("026", `${every}/${first}`);
  const year = first.slice(0, 4);
  const settings = idFor("022", year);
  if (org.store.get("FiscalYearSettings", settings) === undefined) {
    const days = { StartDate: `${year}-01-01`, EndDate: addDays(`${Number(year) + 1}-01-01` as Day, -1) };
    org.store.put("FiscalYearSettings", settings, { Name: year, ...days, IsStandardYear: true, YearType: "Standard" }, at, null);
  }
  const month = Number(first.slice(5, 7));
  const row: Row = {
    FiscalYearSettingsId: settings,
    Type: every === "month" ? "Month" : "Quarter",
    StartDate: first,
    EndDate: last,
    Number: every === "month" ? month : Math.ceil(month / 3),
    IsForecastPeriod: every === "month",
  };
  org.store.put("Period", id, row, at, null);
  return id;
}

/** The integration user may read the org's own custom fields and edit none. */
function putRights(org: Org, at: number): void {
  const set = idFor("0PS", "integration");
  org.store.put("PermissionSet", set, { Name: "Integration_Read", Label: "Integration read", IsCustom: true }, at, org.integrationUserId);
  org.store.put(
    "PermissionSetAssignment",
    idFor("0Pa", "integration"),
    { PermissionSetId: set, AssigneeId: org.integrationUserId, IsActive: true },
    at,
    null,
  );
  for (const type of org.store.objects.values()) {
    for (const field of type.fields.values()) {
      if (!field.custom) continue;
      const name = `${type.name}.${field.name}`;
      const row = { ParentId: set, SobjectType: type.name, Field: name, PermissionsRead: true, PermissionsEdit: false };
      org.store.put("FieldPermissions", idFor("01k", name), row, at, null);
    }
  }
}

function putAutomations(org: Org, at: number): void {
  const put = (object: string, prefix: string, key: string, row: Row): void => {
    org.store.put(object, idFor(prefix, key), row, at, org.integrationUserId);
  };
  for (const name of ["Account", "Opportunity", "Contact", "Lead", "Task", "Event", "User"]) {
    const prefix = org.store.object(name).prefix;
    put("EntityDefinition", "4ie", name, { DurableId: name, QualifiedApiName: name, Label: name, KeyPrefix: prefix, IsCustomizable: true });
  }
  const opportunity = idFor("4ie", "Opportunity");
  const flow = {
    Label: "Notify finance on big deals",
    ApiName: "Notify_finance",
    ProcessType: "AutoLaunchedFlow",
    TriggerType: "RecordAfterSave",
    RecordTriggerType: "Update",
  };
  put("FlowDefinitionView", "300", "finance", {
    ...flow,
    TriggerObjectOrEventLabel: "Opportunity",
    TriggerObjectOrEventId: "Opportunity",
    IsActive: true,
    DurableId: "Notify_finance",
  });
  put("ApexTrigger", "01q", "sync", {
    Name: "OpportunitySync",
    TableEnumOrId: "Opportunity",
    EntityDefinitionId: opportunity,
    Status: "Active",
    UsageAfterUpdate: true,
  });
  put("ValidationRule", "03d", "amount", {
    ValidationName: "Amount_needed_for_proposal",
    EntityDefinitionId: opportunity,
    Active: true,
    ErrorMessage: "Enter an amount.",
  });
}
