/** Object types of the portal, their type ids and default properties (developers.hubspot.com, object APIs; fact sheet sections 6 to 9). */
export const OBJECT_TYPES = {
  contacts: {
    id: "0-1",
    label: "CONTACT",
    singular: "contact",
    idBase: 200_000_051,
    defaults: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
    historyCap: 45,
  },
  companies: {
    id: "0-2",
    label: "COMPANY",
    singular: "company",
    idBase: 9_100_000_011,
    defaults: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
    historyCap: 20,
  },
  deals: {
    id: "0-3",
    label: "DEAL",
    singular: "deal",
    idBase: 18_500_000_003,
    defaults: ["amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"],
    historyCap: 20,
  },
  products: {
    id: "0-7",
    label: "PRODUCT",
    singular: "product",
    idBase: 1_500_000_007,
    defaults: ["createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"],
    historyCap: 20,
  },
  line_items: {
    id: "0-8",
    label: "LINE_ITEM",
    singular: "line_item",
    idBase: 7_700_000_001,
    defaults: ["createdate", "hs_lastmodifieddate", "hs_object_id", "hs_product_id", "quantity"],
    historyCap: 20,
  },
  tasks: {
    id: "0-27",
    label: "TASK",
    singular: "task",
    idBase: 33_100_000_009,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  notes: {
    id: "0-46",
    label: "NOTE",
    singular: "note",
    idBase: 34_100_000_009,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  meetings: {
    id: "0-47",
    label: "MEETING_EVENT",
    singular: "meeting",
    idBase: 35_100_000_009,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  calls: {
    id: "0-48",
    label: "CALL",
    singular: "call",
    idBase: 36_100_000_009,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  emails: {
    id: "0-49",
    label: "EMAIL",
    singular: "email",
    idBase: 37_100_000_009,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  goal_targets: {
    id: "0-74",
    label: "GOAL_TARGET",
    singular: "goal_target",
    idBase: 87_504_001,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  users: {
    id: "0-115",
    label: "USER",
    singular: "user",
    idBase: 207_838_001,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
  leads: {
    id: "0-136",
    label: "LEAD",
    singular: "lead",
    idBase: 392_000_001,
    defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
    historyCap: 20,
  },
} as const;

export type ObjectType = keyof typeof OBJECT_TYPES;

export const TYPE_NAMES = Object.keys(OBJECT_TYPES).filter((name): name is ObjectType => name in OBJECT_TYPES);

/** `deals`, `deal`, `DEAL` and `0-3` all name the same type. */
export function objectType(name: string): ObjectType | null {
  const wanted = name.toLowerCase();
  return TYPE_NAMES.find((type) => type === wanted || OBJECT_TYPES[type].id === wanted || OBJECT_TYPES[type].singular === wanted) ?? null;
}

/** Creation and last change go by other names on some types. */
export function createdProperty(type: ObjectType): "createdate" | "hs_createdate" {
  return ["contacts", "companies", "deals", "products", "line_items"].includes(type) ? "createdate" : "hs_createdate";
}

export function modifiedProperty(type: ObjectType): "lastmodifieddate" | "hs_lastmodifieddate" {
  return type === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate";
}

/** Association type ids from → to; the first of two is the primary one (fact sheet 4.6). */
const LINKS: Readonly<Record<string, readonly number[]>> = {
  "deals>contacts": [3],
  "contacts>deals": [4],
  "deals>companies": [5, 341],
  "companies>deals": [6, 342],
  "contacts>companies": [1, 279],
  "companies>contacts": [2, 280],
  "deals>line_items": [19],
  "line_items>deals": [20],
  "contacts>calls": [193],
  "calls>contacts": [194],
  "contacts>emails": [197],
  "emails>contacts": [198],
  "contacts>meetings": [199],
  "meetings>contacts": [200],
  "contacts>notes": [201],
  "notes>contacts": [202],
  "contacts>tasks": [203],
  "tasks>contacts": [204],
  "companies>calls": [181],
  "calls>companies": [182],
  "companies>emails": [185],
  "emails>companies": [186],
  "companies>meetings": [187],
  "meetings>companies": [188],
  "companies>notes": [189],
  "notes>companies": [190],
  "companies>tasks": [191],
  "tasks>companies": [192],
  "deals>calls": [205],
  "calls>deals": [206],
  "deals>emails": [209],
  "emails>deals": [210],
  "deals>meetings": [211],
  "meetings>deals": [212],
  "deals>notes": [213],
  "notes>deals": [214],
  "deals>tasks": [215],
  "tasks>deals": [216],
  "leads>contacts": [578],
  "contacts>leads": [579],
  "deals>leads": [1038],
  "leads>deals": [1037],
  "leads>calls": [596],
  "calls>leads": [597],
  "leads>emails": [598],
  "emails>leads": [599],
  "leads>meetings": [600],
  "meetings>leads": [601],
  "leads>tasks": [646],
  "tasks>leads": [647],
  "leads>notes": [854],
  "notes>leads": [855],
};

/** Empty: the two types cannot be linked. */
export function linkTypeIds(from: ObjectType, to: ObjectType): readonly number[] {
  return LINKS[`${from}>${to}`] ?? [];
}
