import type { ErrorTexts } from "./entry.ts";

/** Codes of the runner that brings records into the warehouse. */
export const SYNC_ERRORS: ErrorTexts = {
  "sync.too_many_rejects": {
    meaning: "So many records of one page could not be understood that the page was refused.",
    cause: "The source changed its format, or a column mapping is wrong.",
    remedy: "Look at `errors list`, correct the mapping, and run `sync` again: it starts at this page.",
  },
  "sync.unknown_stream": {
    meaning: "The connection has no stream of that name.",
    cause: "`--stream` is misspelt.",
    remedy: "Use one of the names in the message.",
  },
  "sync.blocked": {
    meaning: "The stream was not read because one it builds on failed.",
    cause: "See the error of the stream it names.",
    remedy: "Solve that one; the next run reads both.",
  },
  "sync.daily_share": {
    meaning: "The connection has used its share of the CRM's daily calls; it goes on the next day.",
    cause: "A first load or a full sync of a large account, or a share that is too small for the schedule.",
    remedy: "Wait, or raise `budget.dailyShare` of the connection.",
  },
};
