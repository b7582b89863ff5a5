import { lookUp } from "./bulk.ts";
import { type DealDays, dealBlocks, type StayDays } from "./dirty.ts";
import type { TypePlan } from "./plan-type.ts";
import { storedStays } from "./stored-stays.ts";
import type { WriteTx } from "./warehouse.ts";

/** Blocks of the deals of accounts that changed: sector and the like are dimensions of the deal. */
export async function accountBlocks(tx: WriteTx, connectionId: string, plan: TypePlan): Promise<ReadonlySet<string>> {
  const accounts = plan.decisions.filter((decision) => decision.kind !== "stamp").map((decision) => decision.id);
  const deals = await lookUp(tx, "deals", "*", connectionId, "account_id", accounts);
  const stays = await storedStays(
    tx,
    connectionId,
    deals.map((deal) => String(deal["source_id"])),
  );
  const blocks = new Set<string>();
  for (const deal of deals) {
    const own = stays.get(String(deal["source_id"])) ?? [];
    for (const block of dealBlocks(deal as unknown as DealDays, own as unknown as readonly StayDays[])) blocks.add(block);
  }
  return blocks;
}
