import { type Instant, msOf } from "#core/time/instant.ts";
import { accountOfDeal, accountStory, isFirstDealOfAccount } from "./world/account-story.ts";
import { activityStory } from "./world/activity-story.ts";
import { DAY_MS, makeCompany } from "./world/company.ts";
import { dealPlan } from "./world/deal-plan.ts";
import { dealStory } from "./world/deal-story.ts";
import { convertedLeadStory, looseLeadStory } from "./world/lead-story.ts";
import { arrivalsUntil, type Setting } from "./world/setting.ts";
import type { Company, Happening } from "./world/types.ts";

export interface WorldOptions {
  readonly seed?: number;
  /** The moment the company is seen at first. */
  readonly anchor: Instant;
  /** Deals that have begun until the anchor, in both CRMs together. */
  readonly deals?: number;
  readonly historyDays?: number;
  readonly activitiesPerDeal?: number;
  /** `split` shows each CRM its part and some records to both; `one` or `two` puts everything into that one. */
  readonly layout?: Setting["layout"];
}

/**
 * A made-up company whose past and future are a pure function of its options: seen at a later moment it
 * has lived on, and the part before has not changed.
 */
export interface World {
  readonly company: Company;
  readonly anchor: Instant;
  /**
   * What happened in `(after, until]`; from the beginning when `after` is null. Ordered within one record's life, and a
   * record comes before those that refer to it; across records not by time. Streams: nothing is kept.
   */
  happenings(after: Instant | null, until: Instant): Generator<Happening, void, void>;
}

/** A lead or account may be older than its deal by this much. */
const PRELUDE_MS = 95 * DAY_MS;
/** Leads that lead nowhere, for each deal. */
const LOOSE_LEADS_PER_DEAL = 0.8;

export function makeWorld(options: WorldOptions): World {
  const setting: Setting = {
    seed: options.seed ?? 7,
    anchor: options.anchor,
    historyDays: options.historyDays ?? 456,
    dealCount: options.deals ?? 800,
    activitiesPerDeal: options.activitiesPerDeal ?? 9,
    layout: options.layout ?? "split",
  };
  const company = makeCompany(setting.anchor, setting.historyDays, setting.dealCount);
  return {
    company,
    anchor: setting.anchor,
    happenings: function* (after, until) {
      const lastNumber = arrivalsUntil(setting, msOf(until) + PRELUDE_MS);
      for (let number = 0; number < lastNumber; number += 1) {
        for (const happening of storiesOf(setting, number)) {
          if (happening.at <= until && (after === null || happening.at > after)) yield happening;
        }
      }
    },
  };
}

function* storiesOf(setting: Setting, number: number): Generator<Happening, void, void> {
  if (isFirstDealOfAccount(number)) yield* accountStory(setting, accountOfDeal(number));
  const plan = dealPlan(setting, number);
  const story = dealStory(setting, plan);
  const lead = convertedLeadStory(setting, plan);
  const begins = story.happenings[0]?.at ?? setting.anchor;
  yield* lead.filter((each) => each.at <= begins);
  yield* story.happenings;
  yield* lead.filter((each) => each.at > begins);
  yield* activityStory(setting, plan, story);
  if ((number * LOOSE_LEADS_PER_DEAL) % 1 < LOOSE_LEADS_PER_DEAL) yield* looseLeadStory(setting, number);
}
