import type { AlertDeliveriesTable, AlertEventsTable, AlertStatesTable, SuspendedAddressesTable } from "./alerts.ts";
import type {
  DealChangesTable,
  DealContactsTable,
  DealItemsTable,
  DealStageEntriesTable,
  DealStageHistoryTable,
  DealsTable,
  PipelinesTable,
  ProductsTable,
  StagesTable,
  StageVersionsTable,
} from "./deals.ts";
import type { MetricCellKeysTable, MetricCellsTable, MetricValuesTable, MetricVersionsTable } from "./metrics.ts";
import type {
  ApiUsageTable,
  DirtyScopesTable,
  LeasesTable,
  RejectedRecordsTable,
  RunsTable,
  SettingsTable,
  SyncCursorsTable,
} from "./operations.ts";
import type { CrmMembershipsTable, CrmUsersTable, ManagerHistoryTable, PeopleTable, TeamMembersTable, TeamsTable } from "./people.ts";
import type { ReconcileDifferencesTable, ReconcileResultsTable } from "./reconcile.ts";
import type {
  AccountsTable,
  ActivitiesTable,
  ActivityLinksTable,
  AutomationsTable,
  ContactsTable,
  ExchangeRatesTable,
  LeadsTable,
  LifecycleHistoryTable,
  MergesTable,
  SupersededRecordsTable,
  TargetsTable,
  TombstonesTable,
} from "./records.ts";
import type { WritebackChangesTable, WritebackFailuresTable, WritebackRunsTable, WritebackSentTable } from "./writeback.ts";

/** Every table of the warehouse; the names are public (docs/warehouse.md). */
export interface Db {
  deals: DealsTable;
  deal_stage_entries: DealStageEntriesTable;
  deal_stage_history: DealStageHistoryTable;
  deal_changes: DealChangesTable;
  deal_items: DealItemsTable;
  deal_contacts: DealContactsTable;
  products: ProductsTable;
  pipelines: PipelinesTable;
  stages: StagesTable;
  stage_versions: StageVersionsTable;
  people: PeopleTable;
  crm_users: CrmUsersTable;
  manager_history: ManagerHistoryTable;
  teams: TeamsTable;
  team_members: TeamMembersTable;
  crm_memberships: CrmMembershipsTable;
  accounts: AccountsTable;
  contacts: ContactsTable;
  leads: LeadsTable;
  lifecycle_history: LifecycleHistoryTable;
  activities: ActivitiesTable;
  activity_links: ActivityLinksTable;
  targets: TargetsTable;
  exchange_rates: ExchangeRatesTable;
  automations: AutomationsTable;
  merges: MergesTable;
  tombstones: TombstonesTable;
  superseded_records: SupersededRecordsTable;
  sync_cursors: SyncCursorsTable;
  runs: RunsTable;
  rejected_records: RejectedRecordsTable;
  leases: LeasesTable;
  settings: SettingsTable;
  dirty_scopes: DirtyScopesTable;
  api_usage: ApiUsageTable;
  reconcile_results: ReconcileResultsTable;
  reconcile_differences: ReconcileDifferencesTable;
  alert_states: AlertStatesTable;
  alert_events: AlertEventsTable;
  alert_deliveries: AlertDeliveriesTable;
  suspended_addresses: SuspendedAddressesTable;
  writeback_runs: WritebackRunsTable;
  writeback_changes: WritebackChangesTable;
  writeback_sent: WritebackSentTable;
  writeback_failures: WritebackFailuresTable;
  metric_cells: MetricCellsTable;
  metric_cell_keys: MetricCellKeysTable;
  metric_versions: MetricVersionsTable;
  metric_values: MetricValuesTable;
}
