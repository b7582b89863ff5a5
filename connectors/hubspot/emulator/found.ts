import { msOf } from "#core/time/instant.ts";
import type { Company, Person, Quota, Side } from "#sandbox/world/types.ts";
import { LEAD_PIPELINE, LEAD_STAGES, type Names } from "./identifiers.ts";
import { makePipeline } from "./pipelines.ts";
import { addRecord, type Portal } from "./portal.ts";
import { defineDefaults } from "./properties.ts";
import type { Source } from "./record.ts";
import { plainNumber } from "./wire.ts";

const BY_IMPORT: Source = { type: "IMPORT", id: "initial-import", userId: null };

/** Sets the portal up with what the company is before anything happens: people, pipelines, rates, products, goals. */
export function foundPortal(portal: Portal, company: Company, names: Names, side: Side, beginMs: number): ReadonlyMap<string, number> {
  const people = company.people.filter((person) => person.sides.includes(side));
  for (const person of people) addPerson(portal, company, names, person);
  const admin = names.userId(company.people[0]?.key ?? null) ?? 0;
  for (const [position, pipeline] of company.pipelines.entries()) {
    const specs = pipeline.stages.map((stage) => ({
      id: names.stageId(pipeline.key, stage.key),
      label: stage.label,
      probability: stage.probability,
      isClosed: stage.outcome !== "open",
      renamed: stage.renamed === null ? null : { ms: msOf(stage.renamed.at), from: stage.renamed.from },
    }));
    portal.pipelines.deals.push(makePipeline(names.pipelineId(pipeline.key), pipeline.label, position, beginMs, specs, admin));
  }
  portal.pipelines.leads.push(makePipeline(LEAD_PIPELINE, "Lead pipeline", 0, beginMs, LEAD_STAGES, admin));
  defineDefaults(portal);
  for (const [position, rate] of company.rates.entries()) {
    portal.rates.push({
      id: 1_000 + position,
      from: rate.currency,
      rate: Number(plainNumber(1 / rate.perHome)),
      effectiveMs: Date.parse(`${rate.from}T00:00:00Z`),
    });
  }
  const products = new Map(
    company.products.map((product) => {
      const values = { name: product.name, price: String(product.price), hs_sku: product.key.toUpperCase(), series: product.series };
      return [product.key, addRecord(portal, "products", beginMs, values, BY_IMPORT).id] as const;
    }),
  );
  addGoals(portal, company, names, side, beginMs);
  return products;
}

function addPerson(portal: Portal, company: Company, names: Names, person: Person): void {
  const ownerId = names.ownerId(person.key) ?? 0;
  const userId = person.kind === "queue" ? null : names.userId(person.key);
  const team = company.teams.find((each) => each.key === person.teamKey);
  const archivedMs = person.leftAt === null ? null : msOf(person.leftAt);
  portal.owners.push({
    id: ownerId,
    userId,
    type: person.kind === "queue" ? "QUEUE" : "PERSON",
    email: person.email,
    firstName: person.firstName,
    lastName: person.lastName,
    createdMs: msOf(person.startedAt),
    archivedMs,
    teams: team === undefined ? [] : [{ id: names.teamId(team.key), name: team.name, primary: true }],
  });
  if (userId === null) return;
  const values = {
    hs_given_name: person.firstName,
    hs_family_name: person.lastName,
    hs_email: person.email ?? "",
    hs_internal_user_id: String(userId),
    hubspot_owner_id: String(ownerId),
    hs_job_title: person.title,
    hs_standard_time_zone: person.timeZone,
    hs_deactivated: String(archivedMs !== null),
  };
  addRecord(portal, "users", msOf(person.startedAt), values, { type: "CRM_UI", id: null, userId: null });
}

/** One target a period; first and last millisecond in UTC; a goal is all its targets, a schedule those of one assignee. */
function addGoals(portal: Portal, company: Company, names: Names, side: Side, beginMs: number): void {
  const pipelineIds = company.pipelines.map((pipeline) => names.pipelineId(pipeline.key)).join(";");
  for (const quota of company.quotas.filter((each) => each.sides.includes(side))) {
    const assignee = assigneeOf(names, quota);
    const values = {
      hs_goal_name: `Revenue ${quota.every}ly`,
      hs_goal_type: "sales_quota",
      hs_milestone: `${quota.every}ly`,
      hs_target_amount: String(quota.amount),
      hs_start_datetime: `${quota.firstDay}T00:00:00Z`,
      hs_end_datetime: `${quota.lastDay}T23:59:59.999Z`,
      hs_pipeline_ids: pipelineIds,
      hs_group_correlation_uuid: `5f3c9a10-0000-4000-8000-${quota.every === "month" ? "000000000001" : "person" in quota.who ? "000000000002" : "000000000003"}`,
      hs_goal_target_currency_code: company.homeCurrency,
      hs_created_by_user_id: String(names.userId("head") ?? ""),
      ...assignee,
    };
    addRecord(portal, "goal_targets", beginMs, values, BY_IMPORT);
  }
}

function assigneeOf(names: Names, quota: Quota): Readonly<Record<string, string>> {
  if ("team" in quota.who) {
    const teamId = String(names.teamId(quota.who.team));
    return { hs_assignee_team_id: teamId, hs_goal_target_group_id: teamId };
  }
  const ownerId = String(names.ownerId(quota.who.person) ?? "");
  return { hubspot_owner_id: ownerId, hs_assignee_user_id: String(names.userId(quota.who.person) ?? ""), hs_goal_target_group_id: ownerId };
}
