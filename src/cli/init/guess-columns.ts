/** What an export's first lines say about how to read it. */
export interface GuessedFile {
  readonly delimiter: string;
  /** `iso` or a pattern of the file connector. */
  readonly dates: string;
  /** True where day and month can't be told apart. */
  readonly datesAreAmbiguous: boolean;
  /** Our name → the name in the file's header. */
  readonly columns: Readonly<Record<string, string>>;
  /** Names in the header that nothing of ours fits. */
  readonly unused: readonly string[];
}

type Words = Readonly<Record<string, readonly string[]>>;

/** Common names of exports, without case, spaces and signs; the first that is there is taken. */
const DEALS: Words = {
  id: ["id", "dealid", "opportunityid", "recordid", "opportunity", "key"],
  name: ["name", "dealname", "opportunityname", "title"],
  owner: ["owner", "dealowner", "opportunityowner", "agent", "salesagent", "salesrep", "rep", "seller", "salesperson"],
  account: ["account", "accountname", "company", "customer", "client", "organization", "associatedcompany"],
  product: ["product", "productname", "item"],
  pipeline: ["pipeline", "dealpipeline", "process"],
  stage: ["stage", "dealstage", "stagename", "status", "phase"],
  createdAt: ["createdat", "created", "createdate", "createddate", "opened", "openedat", "engagedate", "opendate"],
  closedAt: ["closedat", "closed", "closedate", "closeddate", "expectedclosedate"],
  amount: ["amount", "value", "closevalue", "dealvalue", "price", "revenue", "total"],
  currency: ["currency", "currencycode", "currencyisocode"],
  source: ["source", "leadsource", "originalsource", "channel"],
  segment: ["segment", "customersegment"],
};

const USERS: Words = {
  id: ["id", "userid", "ownerid", "agent", "salesagent", "salesrep", "rep"],
  name: ["name", "fullname", "username"],
  email: ["email", "mail", "emailaddress"],
  manager: ["manager", "managername", "manageremail", "supervisor", "boss"],
  team: ["team", "teamname", "group"],
  region: ["region", "office", "regionaloffice"],
  territory: ["territory"],
  role: ["role", "title", "jobtitle"],
  startedAt: ["startedat", "startdate", "hired"],
  endedAt: ["endedat", "enddate", "left"],
};

const DELIMITERS = [",", ";", "\t", "|"];

/** Reads how a deals or users export is written from its first lines. */
export function guessFile(kind: "deals" | "users", head: string): GuessedFile {
  const [header = "", ...lines] = head.replace(/^\uFEFF/, "").split(/\r?\n/);
  const delimiter = DELIMITERS.toSorted((a, b) => cells(header, b).length - cells(header, a).length)[0] ?? ",";
  const names = cells(header, delimiter).map((name) => name.trim());
  const columns = matchNames(names, kind === "deals" ? DEALS : USERS);
  const used = new Set(Object.values(columns));
  const rows = lines.filter((line) => line !== "").map((line) => cells(line, delimiter));
  const dateColumns = ["createdAt", "closedAt", "startedAt"].flatMap((key) =>
    columns[key] === undefined ? [] : [names.indexOf(columns[key])],
  );
  const dates = guessDates(rows.flatMap((row) => dateColumns.map((index) => row[index] ?? "")).filter((text) => text !== ""));
  return { delimiter, ...dates, columns, unused: names.filter((name) => !used.has(name)) };
}

function matchNames(names: readonly string[], words: Words): Record<string, string> {
  const taken = new Set<string>();
  const columns: Record<string, string> = {};
  for (const [key, known] of Object.entries(words)) {
    const found = known.map((word) => names.find((name) => plain(name) === word && !taken.has(name))).find((name) => name !== undefined);
    if (found === undefined) continue;
    columns[key] = found;
    taken.add(found);
  }
  return columns;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** Cells of one line; quotes are understood, line ends inside them are not (it is only a guess). */
function cells(line: string, delimiter: string): string[] {
  const found: string[] = [""];
  let quoted = false;
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    else if (sign === delimiter && !quoted) found.push("");
    else found.push(`${found.pop() ?? ""}${sign}`);
  }
  return found;
}

function guessDates(samples: readonly string[]): { dates: string; datesAreAmbiguous: boolean } {
  const parts = samples.map((text) => /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(.*)$/.exec(text.trim()));
  const matched = parts.flatMap((part) => (part === null ? [] : [part]));
  const first = matched[0];
  if (first === undefined) return { dates: "iso", datesAreAmbiguous: false };
  const [, , sign = "/", , , rest = ""] = first;
  const dayFirst = matched.some((part) => Number(part[1]) > 12) || sign === ".";
  const monthFirst = matched.some((part) => Number(part[3]) > 12);
  const long = matched.every((part) => part[1]?.length === 2 && part[3]?.length === 2);
  const [day, month] = long ? ["dd", "MM"] : ["d", "M"];
  const order = dayFirst ? [day, month] : [month, day];
  const time = /^ \d{2}:\d{2}:\d{2}/.test(rest) ? " HH:mm:ss" : /^ \d{2}:\d{2}/.test(rest) ? " HH:mm" : "";
  return { dates: `${order.join(sign)}${sign}yyyy${time}`, datesAreAmbiguous: !dayFirst && !monthFirst };
}
