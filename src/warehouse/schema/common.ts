/** What every row that came from a CRM or an export carries. Instants and days are ISO text, booleans 0 or 1. */
export interface CrmRow {
  connection_id: string;
  source_id: string;
  /** When the CRM says the record last changed. */
  source_updated_at: string | null;
  /** Of the normalised record without fields we write ourselves; equal hash, no change (law 5). */
  content_hash: string;
  first_seen_at: string;
  /** When the present version was first seen; what it replaced is in `superseded_records`. */
  changed_seen_at: string;
  /** When it was found to be deleted, merged away or gone from the source; null while it exists. */
  deleted_seen_at: string | null;
}
