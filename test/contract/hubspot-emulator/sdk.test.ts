import { AssociationSpecWithLabelCategoryEnum } from "@hubspot/api-client/lib/codegen/crm/associations/v4/models/AssociationSpecWithLabel.js";
import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/deals/models/Filter.js";
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from "@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js";
import { beforeAll, describe, expect, test } from "vitest";
import { type Started, startPortal } from "../../support/hubspot-emulator.ts";

/** The SDK's own decoders read every answer: a field of another shape would come out undefined or as an invalid date. */
describe("the real SDK reads the emulator", () => {
  const open = (): Promise<Started> => startPortal();
  beforeAll(() => expect(AssociationSpecWithLabelCategoryEnum.HubspotDefined).toBe("HUBSPOT_DEFINED"));

  test("deals page by page with history and associations, each once, in the order of ids", async () => {
    const { client, emulator } = await open();
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await client.crm.deals.basicApi.getPage(
        50,
        after,
        ["dealname", "amount"],
        ["dealstage", "amount"],
        ["companies", "contacts"],
      );
      for (const deal of page.results) {
        ids.push(deal.id);
        expect(deal.createdAt.getTime()).not.toBeNaN();
        expect(deal.archived).toBe(false);
        const history = deal.propertiesWithHistory?.["dealstage"] ?? [];
        expect(history.length).toBeGreaterThan(0);
        expect(history[0]?.value).toBe(deal.properties["dealstage"]);
        expect(history[0]?.timestamp.getTime()).not.toBeNaN();
        expect(deal.associations?.["companies"]?.results.map((each) => each.type)).toEqual([
          "deal_to_company",
          "deal_to_company_unlabeled",
        ]);
      }
      after = page.paging?.next?.after;
    } while (after !== undefined);
    const alive = emulator.portal.tables.deals.records.filter((record) => record.archivedMs === null);
    expect(ids).toEqual(alive.map((record) => String(record.id)));
  });

  test("every object type lists, through its wrapper or the generic one", async () => {
    const { client } = await open();
    for (const type of [
      "deals",
      "contacts",
      "companies",
      "calls",
      "emails",
      "meetings",
      "tasks",
      "notes",
      "line_items",
      "products",
      "leads",
      "goal_targets",
      "users",
      "0-136",
    ]) {
      const page = await client.crm.objects.basicApi.getPage(type, 5);
      expect(page.results.length, type).toBeGreaterThan(0);
      expect(page.results[0]?.properties["hs_object_id"], type).toBe(page.results[0]?.id);
    }
    expect(
      (await client.crm.objects.goals.basicApi.getPage(3, undefined, ["hs_target_amount"])).results[0]?.properties["hs_target_amount"],
    ).toMatch(/^\d+$/);
  });

  test("search walks by id with one sort rule", async () => {
    const { client } = await open();
    const seen: string[] = [];
    for (let last = "0"; ; ) {
      const page = await client.crm.deals.searchApi.doSearch({
        filterGroups: [{ filters: [{ propertyName: "hs_object_id", operator: FilterOperatorEnum.Gt, value: last }] }],
        sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }] as unknown as string[],
        properties: ["dealname"],
        limit: 20,
        after: "0",
      });
      if (page.results.length === 0) break;
      seen.push(...page.results.map((each) => each.id));
      last = seen.at(-1) ?? "";
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await client.crm.deals.searchApi.doSearch({ limit: 1 } as never)).total);
  });

  test("properties, groups, pipelines, audits, owners", async () => {
    const { client } = await open();
    const properties = await client.crm.properties.coreApi.getAll("deals");
    expect(properties.results.find((each) => each.name === "dealstage")?.options.length).toBeGreaterThan(5);
    expect((await client.crm.properties.groupsApi.getAll("deals")).results[0]?.name).toBe("dealinformation");
    const pipelines = await client.crm.pipelines.pipelinesApi.getAll("deals");
    expect(pipelines.results.map((each) => each.id)[0]).toBe("default");
    expect(pipelines.results[0]?.stages.find((stage) => stage.id === "closedwon")?.metadata).toEqual({
      isClosed: "true",
      probability: "1.0",
    });
    const audits = await client.crm.pipelines.pipelineAuditsApi.getAudit("deals", "default");
    expect(audits.results.map((each) => each.action)).toEqual(["UPDATE", "CREATE"]);
    const owners = await client.crm.owners.ownersApi.getPage(undefined, undefined, 100, false);
    expect(owners.results.map((each) => each.type)).toContain("QUEUE");
    expect(owners.results.find((each) => each.email === "ana.sorensen@brightwater.example")?.teams?.[0]?.name).toBe("Europe North");
    const archived = await client.crm.owners.ownersApi.getPage(undefined, undefined, 100, true);
    expect(archived.results.map((each) => [each.userId, typeof each.userIdIncludingInactive])).toEqual([
      [null, "number"],
      [null, "number"],
    ]);
  });

  test("associations v4 through the typed batch: numbers in `to`, text in `from`, 207 for a deal without any", async () => {
    const { client, emulator } = await open();
    const deals = emulator.portal.tables.deals.records.slice(0, 30).map((record) => ({ id: String(record.id) }));
    const answer = await client.crm.associations.v4.batchApi.getPageWithHttpInfo("deals", "companies", { inputs: deals });
    const first = answer.data.results[0];
    expect(first?._from.id).toBe(deals[0]?.id);
    expect(typeof first?.to[0]?.toObjectId).toBe("number");
    expect(first?.to[0]?.associationTypes.map((each) => each.typeId)).toEqual([5, 341]);
    const none = await client.crm.associations.v4.batchApi.getPageWithHttpInfo("deals", "line_items", { inputs: deals });
    expect(none.httpStatusCode).toBe(207);
    expect(none.data).toHaveProperty("numErrors");
  });

  test("a custom property is made, filled in a batch, read back", async () => {
    const { client, emulator } = await open();
    await client.crm.properties.groupsApi.create("deals", { name: "scores", label: "Scores" });
    const made = await client.crm.properties.coreApi.create("deals", {
      groupName: "scores",
      name: "score",
      label: "Score",
      type: PropertyCreateTypeEnum.Number,
      fieldType: PropertyCreateFieldTypeEnum.Number,
    });
    expect(made.name).toBe("score");
    await expect(
      client.crm.properties.coreApi.create("deals", {
        groupName: "scores",
        name: "score",
        label: "Score",
        type: PropertyCreateTypeEnum.Number,
        fieldType: PropertyCreateFieldTypeEnum.Number,
      }),
    ).rejects.toMatchObject({ code: 409 });
    const id = String(emulator.portal.tables.deals.records[0]?.id);
    const answer = await client.crm.deals.batchApi.update({ inputs: [{ id, properties: { score: "0.5" } }] });
    expect(answer.results[0]?.properties["score"]).toBe("0.5");
    const read = await client.crm.deals.batchApi.read({ inputs: [{ id }], properties: ["score"], propertiesWithHistory: ["score"] });
    expect(read.results[0]?.propertiesWithHistory?.["score"]?.[0]).toMatchObject({ value: "0.5", sourceType: "INTEGRATION" });
  });
});
