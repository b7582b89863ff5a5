import type { Audit } from "./schema.ts";

/** One object in short form; the fields' grammar is in schema.ts. */
export interface ObjectSource {
  readonly name: string;
  readonly label: string;
  readonly plural: string;
  readonly prefix: string;
  readonly tooling: boolean;
  readonly writable: boolean;
  readonly audit: Audit;
  readonly fields: string;
  /** [parent object, own field, relationship name of the parent's subquery]. */
  readonly childOf: readonly (readonly [string, string, string])[];
}

type Extra = Partial<Pick<ObjectSource, "label" | "plural" | "tooling" | "writable" | "childOf">>;

const object = (name: string, prefix: string, audit: Audit, fields: string, extra: Extra = {}): ObjectSource => ({
  name,
  prefix,
  audit,
  fields,
  label: extra.label ?? name,
  plural: extra.plural ?? `${name}s`,
  tooling: extra.tooling ?? false,
  writable: extra.writable ?? audit === "full",
  childOf: extra.childOf ?? [],
});

const ACCOUNT = `Name string!(255); MasterRecordId >Account ro; Type picklist; ParentId >Account; BillingCity string(40); BillingCountry string(80);
  Phone phone; Website url; Industry picklist; AnnualRevenue currency; NumberOfEmployees int; Description textarea; Rating picklist; OwnerId >User;
  AccountSource picklist; LastActivityDate date ro; LastViewedDate datetime ro; CurrencyIsoCode picklist; Region__c string(80)`;

const CONTACT = `MasterRecordId >Contact ro; AccountId >Account; LastName string!(80); FirstName string(40); Name string!(121) ro; Phone phone; MobilePhone phone;
  Email email; Title string(128); Department string(80); LeadSource picklist; OwnerId >User; ReportsToId >Contact; IsEmailBounced boolean! ro;
  LastActivityDate date ro; CurrencyIsoCode picklist`;

const OPPORTUNITY = `AccountId >Account; RecordTypeId >RecordType; IsPrivate boolean!; Name string!(120); Description textarea; StageName picklist!; Amount currency;
  Probability percent; ExpectedRevenue currency ro; TotalOpportunityQuantity double; CloseDate date!; Type picklist {New Business|Existing Business};
  NextStep string(255); LeadSource picklist; IsClosed boolean! ro; IsWon boolean! ro; ForecastCategory picklist! ro {Omitted|Pipeline|BestCase|MostLikely|Forecast|Closed};
  ForecastCategoryName picklist {Omitted|Pipeline|Best Case|Most Likely|Commit|Closed}; CurrencyIsoCode picklist; CampaignId >Campaign; HasOpportunityLineItem boolean! ro;
  Pricebook2Id >Pricebook2; OwnerId >User; LastActivityDate date ro; LastStageChangeDate datetime ro; FiscalQuarter int ro; FiscalYear int ro; Fiscal string(6) ro;
  ContactId >Contact; LastViewedDate datetime ro; LastAmountChangedHistoryId >OpportunityHistory ro; LastCloseDateChangedHistoryId >OpportunityHistory ro;
  Loss_Reason__c picklist; Segment__c picklist; Region__c string(80); External_Id__c string(64) ext`;

const TASK = `WhoId >Contact|Lead; WhatId >Account|Opportunity; WhoCount int ro; WhatCount int ro; Subject combobox; ActivityDate date; Status picklist!; Priority picklist!;
  IsHighPriority boolean! ro; OwnerId >User|Group; Description textarea; Type picklist; AccountId >Account ro; IsClosed boolean! ro; IsArchived boolean! ro;
  CallDurationInSeconds int; CallType picklist {Internal|Inbound|Outbound}; CallDisposition string(255); CallObject string(255); ReminderDateTime datetime; IsReminderSet boolean!;
  RecurrenceActivityId >Task ro; IsRecurrence boolean!; TaskSubtype picklist {Task|Email|Call|ListEmail|LinkedIn|Cadence}; CompletedDateTime datetime ro; CurrencyIsoCode picklist`;

const EVENT = `WhoId >Contact|Lead; WhatId >Account|Opportunity; WhoCount int ro; WhatCount int ro; Subject combobox; Location string; IsAllDayEvent boolean!; ActivityDateTime datetime;
  ActivityDate date; DurationInMinutes int; StartDateTime datetime; EndDateTime datetime; EndDate date ro; Description textarea; AccountId >Account ro; OwnerId >User|Calendar;
  Type picklist; IsPrivate boolean!; ShowAs picklist; IsChild boolean! ro; IsGroupEvent boolean! ro; GroupEventType picklist ro; IsArchived boolean! ro;
  RecurrenceActivityId >Event ro; IsRecurrence boolean!; IsReminderSet boolean!; EventSubtype picklist {Event}; IsRecurrence2 boolean! ro; CurrencyIsoCode picklist`;

const LEAD = `MasterRecordId >Lead ro; LastName string!(80); FirstName string(40); Name string!(121) ro; Title string(128); Company string!(255); Phone phone; Email email;
  LeadSource picklist; Status picklist!; Industry picklist; OwnerId >User|Group; IsConverted boolean! ro; ConvertedDate date ro; ConvertedAccountId >Account ro @ConvertedAccount;
  ConvertedContactId >Contact ro; ConvertedOpportunityId >Opportunity ro; IsUnreadByOwner boolean! ro; LastActivityDate date ro; CurrencyIsoCode picklist`;

const USER = `Username string!(80); LastName string!(80); FirstName string(40); Name string!(121) ro; Email email!; Title string(80); Department string(80); Division string(80);
  CompanyName string(80); IsActive boolean!; UserType picklist ro {Standard|AutomatedProcess|CloudIntegrationUser|PowerPartner}; UserRoleId >UserRole; ManagerId >User; ProfileId >Profile;
  TimeZoneSidKey picklist!; LocaleSidKey picklist!; LanguageLocaleKey picklist!; DefaultCurrencyIsoCode picklist; CurrencyIsoCode picklist; ForecastEnabled boolean! ro;
  FederationIdentifier string(512); EmployeeNumber string(20); LastLoginDate datetime ro`;

/** What an org with multiple currencies and two sales processes has, as far as it is served. */
export const OBJECTS: readonly ObjectSource[] = [
  object("Account", "001", "full", ACCOUNT),
  object("Contact", "003", "full", CONTACT, { childOf: [["Account", "AccountId", "Contacts"]] }),
  object("Opportunity", "006", "full", OPPORTUNITY, { plural: "Opportunities", childOf: [["Account", "AccountId", "Opportunities"]] }),
  object(
    "OpportunityHistory",
    "008",
    "stamped",
    `OpportunityId >Opportunity; StageName picklist!; Amount currency; ExpectedRevenue currency; CloseDate date; Probability percent;
    ForecastCategory picklist!; FromForecastCategory picklist; PrevAmount currency; PrevCloseDate date; CurrencyIsoCode picklist`,
    { label: "Opportunity History", childOf: [["Opportunity", "OpportunityId", "OpportunityHistories"]] },
  ),
  object(
    "OpportunityFieldHistory",
    "017",
    "history",
    "OpportunityId >Opportunity; Field picklist!; DataType picklist; OldValue string nofilter; NewValue string nofilter",
    { label: "Opportunity Field History", childOf: [["Opportunity", "OpportunityId", "Histories"]] },
  ),
  object(
    "OpportunityStage",
    "01J",
    "setup",
    `MasterLabel string!; ApiName string!; IsActive boolean!; SortOrder int; IsClosed boolean!; IsWon boolean!; ForecastCategory picklist!;
    ForecastCategoryName picklist!; DefaultProbability percent; Description string`,
  ),
  object(
    "OpportunityLineItem",
    "00k",
    "full",
    `OpportunityId >Opportunity; SortOrder int; PricebookEntryId >PricebookEntry; Product2Id >Product2; ProductCode string ro; Name string ro; Quantity double!; TotalPrice currency;
    UnitPrice currency; ListPrice currency ro; ServiceDate date; Description string; CurrencyIsoCode picklist ro`,
    { childOf: [["Opportunity", "OpportunityId", "OpportunityLineItems"]] },
  ),
  object("OpportunityContactRole", "00K", "full", "OpportunityId >Opportunity; ContactId >Contact; Role picklist; IsPrimary boolean!", {
    childOf: [["Opportunity", "OpportunityId", "OpportunityContactRoles"]],
  }),
  object(
    "Product2",
    "01t",
    "full",
    "Name string!; ProductCode string; Description string; IsActive boolean!; Family picklist; CurrencyIsoCode picklist; ExternalId string",
  ),
  object("Task", "00T", "full", TASK, {
    childOf: [
      ["Opportunity", "WhatId", "Tasks"],
      ["Account", "WhatId", "Tasks"],
    ],
  }),
  object("Event", "00U", "full", EVENT, {
    childOf: [
      ["Opportunity", "WhatId", "Events"],
      ["Account", "WhatId", "Events"],
    ],
  }),
  object(
    "EmailMessage",
    "02s",
    "full",
    `ActivityId >Task; RelatedToId >Account|Opportunity; Incoming boolean!; Status picklist!; MessageDate datetime; Subject string(3000); FromAddress email; ToAddress string;
    MessageIdentifier string; ThreadIdentifier string; IsTracked boolean!; IsBounced boolean! ro; FirstOpenedDate datetime`,
    { label: "Email Message", childOf: [["Opportunity", "RelatedToId", "Emails"]] },
  ),
  object("Lead", "00Q", "full", LEAD),
  object("User", "005", "setup", USER, { writable: true }),
  object("Group", "00G", "setup", "Name string!; DeveloperName string; Type picklist; Email email"),
  object("UserRole", "00E", "setup", "Name string!; DeveloperName string; ParentRoleId >UserRole", { label: "Role" }),
  object("Profile", "00e", "setup", "Name string!; UserType picklist"),
  object(
    "RecordType",
    "012",
    "setup",
    "Name string!; DeveloperName string!; SobjectType picklist; BusinessProcessId >BusinessProcess; Description string; IsActive boolean!",
  ),
  object("BusinessProcess", "019", "setup", "Name string!; TableEnumOrId picklist; IsActive boolean!"),
  object(
    "Organization",
    "00D",
    "setup",
    `Name string!; Country string; FiscalYearStartMonth int; UsesStartDateAsFiscalYearName boolean!; TimeZoneSidKey picklist; DefaultLocaleSidKey picklist; LanguageLocaleKey picklist;
    DefaultCurrencyIsoCode picklist; OrganizationType picklist; InstanceName string; IsSandbox boolean!; NamespacePrefix string; TrialExpirationDate datetime`,
  ),
  object(
    "CurrencyType",
    "01L",
    "setup",
    "IsoCode picklist!; ConversionRate double!; DecimalPlaces int!; IsActive boolean!; IsCorporate boolean!",
  ),
  object("DatedConversionRate", "04w", "setup", "IsoCode picklist!; StartDate date!; NextStartDate date; ConversionRate double!"),
  object(
    "ForecastingType",
    "0Db",
    "setup",
    "DeveloperName string!; MasterLabel string!; IsActive boolean!; IsAmount boolean!; IsQuantity boolean!",
  ),
  object(
    "ForecastingQuota",
    "0J9",
    "setup",
    `QuotaOwnerId >User; StartDate date; PeriodId >Period; QuotaAmount currency; QuotaQuantity double; IsAmount boolean!; IsQuantity boolean!; ForecastingTypeId >ForecastingType;
    ProductFamily picklist; CurrencyIsoCode picklist`,
    { writable: true },
  ),
  object(
    "FiscalYearSettings",
    "022",
    "none",
    "Name string; StartDate date; EndDate date; PeriodPrefix picklist; IsStandardYear boolean!; YearType picklist; SystemModstamp datetime",
  ),
  object(
    "Period",
    "026",
    "none",
    `FiscalYearSettingsId >FiscalYearSettings; Type picklist; StartDate date; EndDate date; Number int; QuarterLabel picklist; PeriodLabel picklist; IsForecastPeriod boolean!;
    FullyQualifiedLabel string; SystemModstamp datetime`,
  ),
  object(
    "PermissionSet",
    "0PS",
    "setup",
    "Name string!; Label string!; Description string; IsOwnedByProfile boolean! ro; ProfileId >Profile ro; IsCustom boolean! ro",
    { writable: true },
  ),
  object(
    "PermissionSetAssignment",
    "0Pa",
    "none",
    "PermissionSetId >PermissionSet; AssigneeId >User; IsActive boolean!; SystemModstamp datetime ro",
    { writable: true },
  ),
  object(
    "ObjectPermissions",
    "110",
    "setup",
    "ParentId >PermissionSet; SobjectType picklist; PermissionsRead boolean!; PermissionsCreate boolean!; PermissionsEdit boolean!; PermissionsDelete boolean!; PermissionsViewAllRecords boolean!; PermissionsModifyAllRecords boolean!",
    { writable: true },
  ),
  object(
    "FieldPermissions",
    "01k",
    "none",
    "ParentId >PermissionSet; SobjectType picklist; Field picklist; PermissionsRead boolean!; PermissionsEdit boolean!; SystemModstamp datetime ro",
    { writable: true },
  ),
  object(
    "FlowDefinitionView",
    "300",
    "none",
    "ApiName string; Label string; ProcessType picklist; TriggerType picklist; TriggerObjectOrEventLabel string; TriggerObjectOrEventId string; IsActive boolean!; DurableId string; ActiveVersionId string; RecordTriggerType picklist",
  ),
  object(
    "EntityDefinition",
    "4ie",
    "none",
    "DurableId string; QualifiedApiName string; Label string; KeyPrefix string; IsCustomizable boolean!",
  ),
  object(
    "CustomField",
    "00N",
    "setup",
    "DeveloperName string; TableEnumOrId string; EntityDefinitionId >EntityDefinition; NamespacePrefix string; FullName string nofilter; ManageableState picklist",
    { tooling: true, writable: true },
  ),
  object(
    "ApexTrigger",
    "01q",
    "setup",
    "Name string; TableEnumOrId string; EntityDefinitionId >EntityDefinition; Status picklist; UsageBeforeUpdate boolean!; UsageAfterUpdate boolean!; UsageBeforeInsert boolean!; UsageAfterInsert boolean!",
    { tooling: true },
  ),
  object(
    "ValidationRule",
    "03d",
    "setup",
    "ValidationName string; EntityDefinitionId >EntityDefinition; Active boolean!; ErrorDisplayField string; ErrorMessage string; Description string",
    { tooling: true },
  ),
  object("WorkflowRule", "01Q", "setup", "Name string; TableEnumOrId string", { tooling: true }),
  object(
    "Flow",
    "301",
    "setup",
    "MasterLabel string; DefinitionId string; Status picklist; ProcessType picklist; VersionNumber int; Description string",
    { tooling: true },
  ),
];
