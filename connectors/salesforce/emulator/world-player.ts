import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import type { Deal, Happening, Side } from "#sandbox/world/types.ts";
import type { World } from "#sandbox/world.ts";
import type { Org } from "./org.ts";
import type { Row } from "./values.ts";
import { changeDeal, editDeal, putDeal } from "./world-deals.ts";
import { changeActivity, changeLead, putAccount, putActivity, putContact, putLead } from "./world-others.ts";
import { ids, putPerson, type Scene, setUp } from "./world-setup.ts";

const DAY_MS = 86_400_000;
/** A running clock moves with every request; the world's next minute can wait that long. */
const STEP_MS = 60_000;

/** Lets the world happen in the org as its clock moves. */
export interface Player {
  /** `isForced`: also when the clock has hardly moved. */
  catchUp(isForced?: boolean): void;
  /** A person changes a record by hand at this moment; readable after the org's lag. */
  edit(object: string, id: string, fields: Row, by?: string): void;
}

export function player(org: Org, world: World, side: Side): Player {
  const scene: Scene = { org, company: world.company, side, historyCounts: new Map(), accountRegions: new Map() };
  const deals = new Map<string, Deal>();
  const born = Math.min(...world.company.people.map(({ startedAt }) => msOf(startedAt))) - 30 * DAY_MS;
  setUp(scene, born);
  let played: Instant | null = null;
  return {
    catchUp: (isForced = false) => {
      const now = org.clock.nowMs();
      if (played !== null && now - msOf(played) < (isForced ? 1 : STEP_MS)) return;
      const until = instantFromMs(now);
      for (const happening of world.happenings(played, until)) if (happening.sides.includes(side)) play(scene, deals, happening);
      retireLeavers(scene);
      played = until;
    },
    edit: (object, id, fields, by = ids.user("admin")) => {
      const at = org.clock.nowMs();
      org.later(() => {
        if (object === "Opportunity") editDeal(scene, id, fields, at, by);
        else org.store.put(object, id, fields, at, by);
      });
    },
  };
}

function play(scene: Scene, deals: Map<string, Deal>, event: Happening): void {
  switch (event.what) {
    case "account":
      putAccount(scene, event.account, event.at);
      break;
    case "contact":
      putContact(scene, event.contact, event.at);
      break;
    case "lead":
      putLead(scene, event.lead, event.at);
      break;
    case "lead_status":
      changeLead(scene, event.leadKey, event.status, event.dealKey, event.at, event.by);
      break;
    case "deal":
      deals.set(event.deal.key, event.deal);
      putDeal(scene, event.deal, event.at, event.by);
      break;
    case "deal_change":
      playChange(scene, deals, event);
      break;
    case "deal_deleted":
      scene.org.store.remove("Opportunity", ids.deal(event.dealKey), msOf(event.at));
      break;
    case "deal_merged":
      // Opportunities can't be merged: whoever wants that deletes one.
      scene.org.store.remove("Opportunity", ids.deal(event.loserKey), msOf(event.at));
      break;
    case "activity":
      putActivity(scene, event.activity, event.at);
      break;
    case "activity_change":
      changeActivity(scene, event.activityKey, event.kind, event.state, event.at, event.by);
      break;
    case "lifecycle":
      // The other CRM's idea.
      break;
  }
}

function playChange(scene: Scene, deals: Map<string, Deal>, event: Extract<Happening, { what: "deal_change" }>): void {
  const deal = deals.get(event.dealKey);
  if (deal === undefined) return;
  changeDeal(scene, deal, event.set, event.at, event.by);
  deals.set(event.dealKey, { ...deal, ...event.set });
}

function retireLeavers(scene: Scene): void {
  for (const person of scene.company.people) {
    const user = scene.org.store.get("User", ids.user(person.key));
    if (person.leftAt !== null && user?.["IsActive"] === true && msOf(person.leftAt) <= scene.org.clock.nowMs()) putPerson(scene, person);
  }
}
