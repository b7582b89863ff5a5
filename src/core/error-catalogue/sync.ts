import type { ErrorTexts } from "./entry.ts";

/** Codes of the runner that brings records into the warehouse. */
export const SYNC_ERRORS: ErrorTexts = {
  "sync.too_many_rejects": {
    meaning: "So many records of one page could not be understood that the page was refused.",
    cause: "The source changed its format, or a column mapping is wrong.",
    remedy: "Look at `errors list`, correct the mapping, and run `sync` again: it starts at this page.",
  },
  "sync.busy": {
    meaning: "Another process is syncing this connection.",
    cause: "Two runs at once; the other one holds the lease.",
    remedy: "Wait for it to end; the lease of a dead one lapses by itself.",
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
  "sync.repeated_checkpoint": {
    meaning: "A stream gave the same checkpoint for two pages with records.",
    cause: "A paging loop in the source or connector.",
    remedy: "Report it; the stream stays at its last good checkpoint.",
  },
};
