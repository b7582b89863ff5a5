/** Which floor each folder stands on: imports go down only (docs/ARCHITECTURE.md). */
export const FLOORS: Readonly<Record<string, number>> = {
  "src/core": 0,
  "src/kit": 1,
  "src/config": 1,
  "src/i18n": 1,
  "src/warehouse": 1,
  "src/sandbox": 1,
  migrations: 1,
  "src/sync": 2,
  "src/people": 2,
  "src/metrics": 2,
  "src/mail": 2,
  connectors: 2,
  "src/planning": 3,
  "src/writeback": 3,
  "src/alerts": 3,
  "src/operate": 3,
  "src/schedule": 4,
  "src/web": 4,
  "src/cli": 4,
  "src/compose.ts": 5,
  "src/main.ts": 5,
  "src/dev": 5,
};

/** Crossings on one floor that are allowed beside imports from a lower one. */
export const SAME_FLOOR: readonly (readonly [string, string])[] = [
  ["src/warehouse", "migrations"],
  ["src/sync", "src/people"],
  ["src/metrics", "src/people"],
  ["src/main.ts", "src/compose.ts"],
];

/** Each package has one home: the folders that may import it. Node's own modules are free except those in BANNED. */
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  "temporal-polyfill": ["src/core"],
  kysely: ["src/warehouse", "migrations", "src/metrics"],
  "better-sqlite3": ["src/warehouse/dialect"],
  pg: ["src/warehouse/dialect"],
  "@hubspot/api-client": ["connectors/hubspot"],
  jsforce: ["connectors/salesforce"],
  "@jetstreamapp/soql-parser-js": ["connectors/salesforce/emulator"],
  "iconv-lite": ["src/kit"],
  "p-retry": ["src/kit"],
  "node-cron": ["src/schedule"],
  pino: ["src/compose.ts"],
  "pino-pretty": ["src/compose.ts"],
  zod: ["src/config", "connectors"],
  yaml: ["src/config"],
  "fastest-levenshtein": ["src/core"],
  "date-holidays": ["src/config"],
  "intl-messageformat": ["src/i18n"],
  "simple-statistics": ["src/metrics"],
  nodemailer: ["src/mail"],
  hono: ["src/mail", "src/web"],
  commander: ["src/cli"],
  "smtp-server": ["src/sandbox"],
  mailparser: ["src/sandbox"],
};

/** Time and chance are passed in (law 6): these occur in the named files only. */
export const BANNED: readonly { readonly pattern: RegExp; readonly allowed: readonly string[]; readonly why: string }[] = [
  { pattern: /\bDate\.now\(/, allowed: ["src/core/clock.ts"], why: "ask the clock that was passed in" },
  { pattern: /\bnew Date\(\)/, allowed: ["src/core/clock.ts"], why: "ask the clock that was passed in" },
  { pattern: /\bsetTimeout\(|\bsetInterval\(|node:timers/, allowed: ["src/core/clock.ts"], why: "use clock.sleep or after()" },
  { pattern: /\bMath\.random\(/, allowed: ["src/core/rng.ts"], why: "use the rng that was passed in" },
  { pattern: /\brandomUUID\b/, allowed: ["src/core/rng.ts"], why: "use the rng that was passed in" },
  { pattern: /\bperformance\.now\(/, allowed: ["src/core/clock.ts"], why: "use clock.monotonicMs" },
  { pattern: /\bprocess\./, allowed: ["src/main.ts", "src/dev/"], why: "only main.ts touches the process" },
  { pattern: /\bconsole\./, allowed: ["src/dev/"], why: "write through the output or the log that was passed in" },
];
