import type { ErrorTexts } from "./entry.ts";

/** CSV files as a whole, and single rows or records that are refused. */
export const FILE_ERRORS: ErrorTexts = {
  "file.not_found": {
    meaning: "A configured file is not there; what it brought before is kept.",
    cause: "The export was not written yet, or `path` names another place; relative paths start at the configuration file's folder.",
    remedy: "Put the file there or correct `path`.",
  },
  "file.unreadable": {
    meaning: "A configured file is there but can't be read; what it brought before is kept.",
    cause: "Its permissions, a folder in its place, or a disk in trouble.",
    remedy: "Let the user of the service read it.",
  },
  "file.empty": {
    meaning: "A file holds nothing, not even a header line; nothing was deleted.",
    cause: "An export that failed or is still being written.",
    remedy: "Export it again.",
  },
  "file.header": {
    meaning: "The first line can't be read as column names.",
    cause: "A quote in it is never closed.",
    remedy: "Export it again, or correct the first line.",
  },
  "file.no_rows": {
    meaning: "A file has a header and nothing below it; nothing was deleted.",
    cause: "An export with a filter that lets nothing through.",
    remedy: "Export it again, or take the file out of the configuration.",
  },
  "file.delimiter": {
    meaning: "The header is a single column that looks like several.",
    cause: "The file is split at another character than `delimiter` says.",
    remedy: "Set `delimiter` to the character the message names.",
  },
  "file.encoding": {
    meaning: "The configured encoding does not exist.",
    cause: "A typing mistake.",
    remedy: "Take utf-8, windows-1250, windows-1252, iso-8859-2, shift_jis or another known name.",
  },
  "file.missing_column": {
    meaning: "A mapped column is not in the file's header.",
    cause: "The export changed, or a typing mistake under `columns`.",
    remedy: "Take the name the message offers, exactly as it stands in the header.",
  },
  "file.unknown_column": {
    meaning: "A file that is kept by hand has a column without a meaning.",
    cause: "A typing mistake in the header.",
    remedy: "Take one of the names the message lists, or remove the column.",
  },
  "file.changed": {
    meaning: "A file was written to while it was read; nothing was deleted.",
    cause: "The export runs at the same time as the cycle.",
    remedy: "Nothing: it is read again from the start. Write exports under another name and rename them when whole.",
  },
  "record.missing_field": {
    meaning: "A record lacks a value it can't do without.",
    cause: "An empty cell or field.",
    remedy: "Fill it in at the source; the record comes in with the next reading.",
  },
  "record.bad_date": {
    meaning: "A value is no date of the configured form.",
    cause: "`dates` does not fit the file, or a mistake in one row.",
    remedy: "Set `dates` to the form the file uses, or correct the row.",
  },
  "record.bad_amount": {
    meaning: "A value is no number.",
    cause: "Another decimal sign than `decimal` says, or text in an amount.",
    remedy: "Set `decimal`, or correct the row.",
  },
  "record.unknown_currency": {
    meaning: "A currency is no ISO 4217 code.",
    cause: "A symbol or name in place of the code.",
    remedy: "Map it with `values`, such as {currency: {€: EUR}}, or correct the row.",
  },
  "record.unknown_stage": {
    meaning: "A stage is not among those under `stages`.",
    cause: "A new stage at the source, or a typing mistake.",
    remedy: 'Add it under `stages`, or "*": open for all others.',
  },
  "record.unknown_value": {
    meaning: "A word is none of those a column can hold.",
    cause: "The source uses words of its own.",
    remedy: "Map them with `values`, such as {kind: {Phone: call}}.",
  },
  "record.bad_target": {
    meaning: "A line of targets can't be understood.",
    cause: "who, metric, period, value or ramp is missing or in another form.",
    remedy: "Correct the line; the others were taken.",
  },
  "record.bad_quote": {
    meaning: "A row's quotes don't match.",
    cause: "A quote inside a cell was not doubled, or one is never closed.",
    remedy: "Export again with proper quoting, or correct the row.",
  },
  "record.cell_count": {
    meaning: "A row has more or fewer cells than the header.",
    cause: "A delimiter inside a cell without quotes, or a row cut off.",
    remedy: "Export again with quotes, or correct the row.",
  },
  "record.duplicate_id": {
    meaning: "Two rows have the same id; the first one counts.",
    cause: "The export holds a record twice, or `id` is mapped to a column that is not unique.",
    remedy: "Map a unique column, or remove the row.",
  },
};
