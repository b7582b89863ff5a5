import { type Answers, GOALS } from "./answers.ts";
import type { GuessedFile } from "./guess-columns.ts";

/** Any text as a YAML scalar; JSON strings are YAML. */
const quoted = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9 _./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text) ? text : JSON.stringify(text);

export interface Exports {
  readonly deals: GuessedFile | null;
  readonly users: GuessedFile | null;
}

/** scorekeeper.yaml with a comment on whatever a newcomer may want to change. */
export function configText(answers: Answers, files: Exports, schemaPath: string): string {
  const { people } = answers;
  const level = people.level === "individual" ? `{level: individual, basis: ${quoted(people.basis)}}` : "{level: team}";
  return `# yaml-language-server: $schema=${schemaPath}
# Configuration of Scorekeeper. 'scorekeeper config check' tells whether it is good, 'config print' shows every value in use.
# Secrets never stand here: put NAME=value into .env beside this file and write \${NAME}.

organization:
  name: ${quoted(answers.name)}
  timeZone: ${quoted(answers.timeZone)}  # days, weeks and months begin and end here
  currency: ${answers.currency}  # results are in this currency
  fiscalYearStartMonth: 1
  weekStartsOn: monday
  language: ${answers.language}

# Whose results may be computed. team: only groups of five or more. individual needs the agreement or notice it rests on.
people: ${level}

# One SQLite file; postgres://… when a team outgrows one machine.
warehouse: sqlite:data/scorekeeper.db

connections:${connections(answers, files)}

# Holidays: a country such as PL or US-ca, or a list of days.
calendar: {workingDays: mon-fri, businessHours: "09:00-17:00"}

# Quotas beside those read from the CRM: who,metric,period_start,period_end,value,unit,ramp,source
# targets: {file: targets.csv}

metrics:
  enabled: [${GOALS[answers.goal].join(", ")}]

# Nothing is written to a CRM and mails go to operations only, until 'writeback go-live' and 'alerts go-live'.
writeback: {mode: auto}
alerts:
  mode: auto
  # operations: ops@example.com
  # from: Scorekeeper <scorekeeper@example.com>
  # smtp: {host: smtp.example.com, port: 587, security: starttls, user: scorekeeper, password: "\${SMTP_PASSWORD}"}
  rules:
    - id: stale_deal
`;
}

function connections(answers: Answers, files: Exports): string {
  switch (answers.source) {
    case "hubspot":
      return `
  - id: hs                     # records are called hs:123 everywhere; never change it
    type: hubspot
    auth: {kind: token, token: "\${HUBSPOT_TOKEN}"}`;
    case "salesforce":
      return `
  - id: sf                     # records are called sf:006… everywhere; never change it
    type: salesforce
    auth: {kind: client-credentials, clientId: "\${SF_ID}", clientSecret: "\${SF_SECRET}"}
    loginUrl: "\${SF_LOGIN_URL:-https://example.my.salesforce.com}"`;
    case "file":
      return fileConnection(answers, files);
    case "none":
      return ` []
#  - id: hs
#    type: hubspot
#    auth: {kind: token, token: "\${HUBSPOT_TOKEN}"}`;
  }
}

function fileConnection(answers: Answers, files: Exports): string {
  const users = answers.users === null ? "" : fileEntry("users", answers.users, files.users);
  return `
  - id: export                 # records are called export:ID everywhere; never change it
    type: file
    files:${fileEntry("deals", answers.deals ?? "deals.csv", files.deals)}${users}`;
}

const FALLBACK = { deals: { id: "id", stage: "stage", owner: "owner", amount: "amount" }, users: { name: "name", email: "email" } };

function fileEntry(kind: "deals" | "users", path: string, guess: GuessedFile | null): string {
  const columns = guess === null || Object.keys(guess.columns).length === 0 ? FALLBACK[kind] : guess.columns;
  const delimiter = guess?.delimiter === "\t" ? "tab" : (guess?.delimiter ?? ",");
  const doubt = guess?.datesAreAmbiguous === true ? "   # day and month can't be told apart: check" : "";
  const unused = (guess?.unused ?? []).length === 0 ? "" : `\n        # not used: ${guess?.unused.join(", ").replaceAll(/[\r\n]/g, " ")}`;
  const lines = Object.entries(columns).map(([key, name]) => `          ${key}: ${quoted(name)}`);
  return `
      ${kind}:
        path: ${quoted(path)}
        delimiter: ${JSON.stringify(delimiter)}
        dates: ${quoted(guess?.dates ?? "iso")}${doubt}
        columns:               # our name: the name in the file's header
${lines.join("\n")}${unused}`;
}

/** .env with the names the configuration refers to, still without values. */
export function envText(answers: Answers): string {
  const names = { hubspot: ["HUBSPOT_TOKEN"], salesforce: ["SF_ID", "SF_SECRET"], file: [], none: [] }[answers.source];
  const lines = [...names, "SMTP_PASSWORD"].map((name) => `${name}=`);
  return `# Secrets of scorekeeper.yaml: NAME=value. Keep this file to yourself (mode 600) and out of version control.\n${lines.join("\n")}\n`;
}

export const IGNORE_TEXT = ".env\ndata/\n*.db\n*.db-wal\n*.db-shm\n";
