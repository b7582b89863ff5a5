import { createHash } from "node:crypto";
import { ACTIVITY_KINDS, type Change } from "#core/records.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { Cells } from "./cells.ts";
import type { RowMapper } from "./map-deals.ts";
import { DEFAULT_PIPELINE } from "./stages.ts";

const DIRECTIONS = ["inbound", "outbound", "internal"] as const;

/** A user known by a name alone has it as id. `today` decides who has left. */
export function userMapper(today: Day): RowMapper {
  return (cells) => {
    const id = named(cells);
    const manager = cells.text("manager");
    const endedOn = cells.time("endedAt")?.day ?? null;
    return [
      {
        type: "user",
        op: "upsert",
        record: {
          ...bareUser(id),
          name: cells.text("name") ?? id,
          email: cells.text("email")?.toLowerCase() ?? null,
          managerId: manager,
          managerName: manager,
          teamName: cells.text("team"),
          region: cells.text("region"),
          territory: cells.text("territory"),
          role: cells.text("role"),
          active: endedOn === null || endedOn >= today,
          startedOn: cells.time("startedAt")?.day ?? null,
          endedOn,
        },
      },
    ];
  };
}

type Upsert<T extends Change["type"]> = Extract<Change, { type: T; op: "upsert" }>["record"];

/** What is known of a person whom a file only names. */
export function bareUser(id: string): Upsert<"user"> {
  return {
    id,
    sourceUpdatedAt: null,
    name: id,
    email: null,
    managerId: null,
    managerName: null,
    teamName: null,
    region: null,
    territory: null,
    role: null,
    active: true,
    isPerson: true,
    startedOn: null,
    endedOn: null,
    otherIds: [],
  };
}

export function bareAccount(id: string): Upsert<"account"> {
  return { id, sourceUpdatedAt: null, name: id, sector: null, region: null, parentId: null, ownerId: null };
}

export function bareProduct(id: string): Upsert<"product"> {
  return { id, sourceUpdatedAt: null, name: id, series: null, amountRaw: null, currency: null };
}

export const accountMapper: RowMapper = (cells) => {
  const id = named(cells);
  const record = {
    ...bareAccount(id),
    name: cells.text("name") ?? id,
    sector: cells.text("sector"),
    region: cells.text("region"),
    parentId: cells.text("parent"),
    ownerId: cells.text("owner"),
  };
  return [{ type: "account", op: "upsert", record }];
};

export const productMapper: RowMapper = (cells) => {
  const id = named(cells);
  const record = { ...bareProduct(id), name: cells.text("name") ?? id, series: cells.text("series"), amountRaw: cells.decimal("price") };
  return [{ type: "product", op: "upsert", record }];
};

export const contactMapper: RowMapper = (cells) => {
  const email = cells.text("email")?.toLowerCase() ?? null;
  const id = cells.text("id") ?? email ?? named(cells);
  const record = {
    id,
    sourceUpdatedAt: null,
    name: cells.text("name"),
    email,
    accountId: cells.text("account"),
    ownerId: null,
    lifecycleStage: null,
  };
  return [{ type: "contact", op: "upsert", record }];
};

export const leadMapper: RowMapper = (cells) => [
  {
    type: "lead",
    op: "upsert",
    record: {
      id: cells.required("id"),
      sourceUpdatedAt: null,
      name: cells.text("name"),
      ownerId: cells.text("owner"),
      source: cells.text("source"),
      status: cells.text("status"),
      createdAt: cells.instant("createdAt"),
      mqlAt: cells.instant("mqlAt"),
      sqlAt: cells.instant("sqlAt"),
      convertedAt: cells.instant("convertedAt"),
      dealId: cells.text("deal"),
    },
  },
];

/** An activity and what it is about. Without an id a row is known by its content: the same row twice is one activity. */
export const activityMapper: RowMapper = (cells) => {
  const id = cells.text("id") ?? `row:${contentKey(cells.all())}`;
  const at = cells.instant("occurredAt");
  cells.required("occurredAt");
  cells.required("kind");
  const minutes = cells.decimal("minutes");
  const links = (["deal", "contact"] as const).flatMap((toType): Change[] => {
    const toId = cells.text(toType);
    return toId === null ? [] : [{ type: "activityLink", op: "upsert", record: { id: `${id}/${toType}`, activityId: id, toType, toId } }];
  });
  const activity: Change = {
    type: "activity",
    op: "upsert",
    record: {
      id,
      sourceUpdatedAt: null,
      kind: cells.oneOf("kind", ACTIVITY_KINDS) ?? "note",
      direction: cells.oneOf("direction", DIRECTIONS),
      ownerId: cells.text("owner"),
      occurredAt: at,
      loggedAt: at,
      state: "done",
      minutes: minutes === null ? null : Number(minutes),
      outcome: cells.text("outcome"),
      category: cells.text("category"),
      automated: false,
      externalId: null,
      threadId: null,
    },
  };
  return [activity, ...links];
};

/** A stage log. Rows of one deal at one moment keep the order of the file. */
export function stageEntryMapper(): RowMapper {
  let moment: Instant | null = null;
  let places = new Map<string, number>();
  return (cells) => {
    const dealId = cells.required("deal");
    const stageId = cells.required("stage");
    cells.required("enteredAt");
    const enteredAt = cells.instant("enteredAt");
    if (enteredAt === null || dealId === "" || stageId === "") return [];
    if (enteredAt !== moment) places = new Map();
    moment = enteredAt;
    const sequence = places.get(dealId) ?? 0;
    places.set(dealId, sequence + 1);
    const id = `${dealId}/${enteredAt}/${stageId}`;
    const pipelineId = cells.text("pipeline") ?? DEFAULT_PIPELINE;
    return [{ type: "stageEntry", op: "upsert", record: { id, dealId, pipelineId, stageId, enteredAt, sequence, actorId: null } }];
  };
}

/** The id, else the name. */
function named(cells: Cells): string {
  return cells.text("id") ?? cells.text("name") ?? cells.required("id");
}

function contentKey(cells: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(cells)).digest("base64url").slice(0, 22);
}
