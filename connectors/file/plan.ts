import type { RecordType } from "#core/records.ts";
import type { Day } from "#core/time/day.ts";
import type { FileKind, Files } from "./config.ts";
import { dealMapper, type RowMapper, stageMapper } from "./map-deals.ts";
import {
  accountMapper,
  activityMapper,
  bareAccount,
  bareProduct,
  bareUser,
  contactMapper,
  leadMapper,
  productMapper,
  stageEntryMapper,
  userMapper,
} from "./map-others.ts";
import { targetMapper } from "./map-targets.ts";

/** One file a stream reads. */
export interface Source {
  readonly file: FileKind;
  readonly map: RowMapper;
  /** `rows`: each row is a record of the stream. `names`: rows only mention records; what is already known stays as it is. */
  readonly role: "rows" | "names";
}

/** One stream: what it emits and the files it reads, in order. */
export interface StreamPlan {
  readonly name: string;
  readonly emits: readonly RecordType[];
  /** Types whose records are deleted when no row speaks of them any more. */
  readonly sweeps: readonly RecordType[];
  readonly after: readonly string[];
  readonly files: readonly FileKind[];
  /** The file whose rows are the stream's records; null: they are only named in others. */
  readonly own: FileKind | null;
  /** Mappers keep state while they read: fresh ones for each reading. */
  sources(at: { readonly today: Day; readonly currency: string }): readonly Source[];
}

/** Streams of the configured files. Definitions come before the deals that use them. */
export function planStreams(files: Files): readonly StreamPlan[] {
  const plans = [pipelines(files), users(files), ...named(files), ...plain(files)];
  return plans.filter((plan) => plan.files.length > 0);
}

function pipelines(files: Files): StreamPlan {
  const read: FileKind[] = files.stageHistory === undefined ? ["deals"] : ["deals", "stageHistory"];
  return {
    name: "pipelines",
    emits: ["pipeline", "stageVersion"],
    sweeps: [],
    after: [],
    files: read,
    own: null,
    sources: () => {
      const map = stageMapper(files.deals);
      return read.map((file) => ({ file, role: "names", map }));
    },
  };
}

/** People of the users file, and those whom other files name without it. */
function users(files: Files): StreamPlan {
  const naming = (["deals", "leads", "activities", "accounts"] as const).filter((file) => files[file]?.columns.owner !== undefined);
  const own = ownFile(files, "users");
  return {
    name: "users",
    emits: ["user"],
    sweeps: ["user"],
    after: [],
    files: [...own, ...naming],
    own: own[0] ?? null,
    sources: ({ today }) => [
      ...own.map((file): Source => ({ file, role: "rows", map: userMapper(today) })),
      ...naming.map(
        (file): Source => ({ file, role: "names", map: mention("owner", (id) => ({ type: "user", op: "upsert", record: bareUser(id) })) }),
      ),
    ],
  };
}

/** A record known only because a row names it. */
const mention =
  (column: string, make: (id: string) => ReturnType<RowMapper>[number]): RowMapper =>
  (cells) => {
    const id = cells.text(column);
    return id === null ? [] : [make(id)];
  };

/** Accounts and products: of their own file, else as the deals name them. */
function named(files: Files): readonly StreamPlan[] {
  const plan = (name: "accounts" | "products", type: "account" | "product", own: RowMapper, names: RowMapper): StreamPlan => {
    const isOwn = files[name] !== undefined;
    const column = name === "accounts" ? files.deals.columns.account : files.deals.columns.product;
    const source: Source | null = isOwn
      ? { file: name, role: "rows", map: own }
      : column === undefined
        ? null
        : { file: "deals", role: "names", map: names };
    const sources = source === null ? [] : [source];
    const reads = sources.map(({ file }) => file);
    return { name, emits: [type], sweeps: [type], after: [], files: reads, own: isOwn ? name : null, sources: () => sources };
  };
  return [
    plan(
      "accounts",
      "account",
      accountMapper,
      mention("account", (id) => ({ type: "account", op: "upsert", record: bareAccount(id) })),
    ),
    plan(
      "products",
      "product",
      productMapper,
      mention("product", (id) => ({ type: "product", op: "upsert", record: bareProduct(id) })),
    ),
  ];
}

/** Streams of one file whose rows are their records. */
function plain(files: Files): readonly StreamPlan[] {
  const plan = (
    file: FileKind,
    emits: readonly RecordType[],
    map: (currency: string) => RowMapper,
    after: readonly string[] = [],
  ): StreamPlan => ({
    name: file,
    emits,
    sweeps: emits,
    after,
    files: ownFile(files, file),
    own: file,
    sources: ({ currency }) => [{ file, role: "rows", map: map(currency) }],
  });
  return [
    plan("contacts", ["contact"], () => contactMapper),
    plan("leads", ["lead"], () => leadMapper),
    plan("deals", ["deal"], () => dealMapper(files.deals), ["pipelines"]),
    plan("stageHistory", ["stageEntry"], () => stageEntryMapper(), ["pipelines"]),
    plan("activities", ["activity", "activityLink"], () => activityMapper),
    plan("targets", ["target"], (currency) => targetMapper(currency)),
  ];
}

const ownFile = (files: Files, file: FileKind): readonly FileKind[] => (files[file] === undefined ? [] : [file]);
