#include "cli/commands.h"

#include <algorithm>
#include <array>

namespace statewire {
namespace {

constexpr OptionSpec kConfig{.name = "--config",
                             .value = "PATH",
                             .help =
                                 "The configuration. Without it: $STATEWIRE_CONFIG, "
                                 "./statewire.yaml or /etc/statewire/statewire.yaml",
                             .letter = 'c'};
constexpr OptionSpec kUrl{.name = "--url",
                          .value = "URL",
                          .help =
                              "Ask the daemon there, such as https://host:8484, and no "
                              "configuration"};
constexpr OptionSpec kTokenFile{
    .name = "--token-file", .value = "PATH", .help = "With --url: the file of the token to show"};
constexpr OptionSpec kCaFile{
    .name = "--ca-file",
    .value = "PATH",
    .help = "With --url: the authorities to trust instead of the system's, PEM"};
constexpr OptionSpec kOutput{.name = "--output",
                             .value = "FORM",
                             .help =
                                 "The form of the list: table (the default, fits the terminal), "
                                 "wide (all of it), json or csv",
                             .choices = "table|wide|json|csv",
                             .letter = 'o'};
constexpr OptionSpec kShown{.name = "--output",
                            .value = "FORM",
                            .help = "How to show it: text (the default) or json",
                            .choices = "text|json",
                            .letter = 'o'};
constexpr OptionSpec kLimit{.name = "--limit",
                            .form = OptionForm::number,
                            .value = "N",
                            .help = "At most N; without it, all",
                            .letter = 'n'};
constexpr OptionSpec kNewest{.name = "--limit",
                             .form = OptionForm::number,
                             .value = "N",
                             .help = "At most N, the newest; 100 by default",
                             .letter = 'n'};
constexpr OptionSpec kWatch{.name = "--watch",
                            .form = OptionForm::flag,
                            .help = "Show it again every two seconds, until Ctrl-C",
                            .letter = 'w'};
constexpr OptionSpec kSubscription{
    .name = "--subscription", .value = "NAME", .help = "Only of this subscription"};
constexpr OptionSpec kSequence{.name = "--sequence",
                               .form = OptionForm::number,
                               .value = "N",
                               .help = "Only those of this sequence of the journal"};
constexpr OptionSpec kOfResource{
    .name = "--resource",
    .value = "ID",
    .help = "Only about this resource: its id, or the whole last part of it"};
constexpr OptionSpec kDryRun{.name = "--dry-run",
                             .form = OptionForm::flag,
                             .help = "Say what would be done, and do nothing"};

// Of every command that asks a daemon, or its store.
constexpr OptionSpec kAsked[] = {kConfig, kUrl, kTokenFile, kCaFile};
// Of those that list something.
constexpr OptionSpec kListed[] = {kOutput, kConfig, kUrl, kTokenFile, kCaFile};
// Of those that can be watched, too.
constexpr OptionSpec kWatched[] = {kWatch, kOutput, kConfig, kUrl, kTokenFile, kCaFile};
// Of those that show one thing.
constexpr OptionSpec kAskedForOne[] = {kShown, kConfig, kUrl, kTokenFile, kCaFile};

template <size_t Own, size_t Common>
constexpr std::array<OptionSpec, Own + Common> with(const OptionSpec (&own)[Own],
                                                    const OptionSpec (&common)[Common]) {
  std::array<OptionSpec, Own + Common> all;
  std::ranges::copy(common, std::ranges::copy(own, all.begin()).out);
  return all;
}

constexpr OptionSpec kRunOptions[] = {kConfig};

constexpr OptionSpec kInitOptions[] = {
    {.name = "--yes",
     .form = OptionForm::flag,
     .help = "Ask nothing: answer each question with what it offers"},
    {.name = "CONFIG",
     .form = OptionForm::one,
     .help = "The configuration to write; ./statewire.yaml by default. No file is replaced"},
};
constexpr OptionSpec kDoctorOptions[] = {
    {.name = "--aws",
     .form = OptionForm::flag,
     .help = "Look at the way of events in AWS, too: trails, rules, policies, dead letters"},
    {.name = "--region",
     .form = OptionForm::list,
     .value = "NAME",
     .help =
         "With --aws: look for a spoke and a trail in this region, too; the queues' and us-east-1 "
         "are looked at anyway"},
    {.name = "--send",
     .form = OptionForm::flag,
     .help = "Send an example notification to each sink, too"},
    kConfig,
};

constexpr OptionSpec kConvertOptions[] = {
    {.name = "FILES",
     .form = OptionForm::many,
     .help = "Files of events, also compressed with gzip; - or none: standard input"},
    {.name = "--format",
     .value = "NAME",
     .help = "json (the default), json-data, csv, text, or one of the configuration's"},
    {.name = "--catalog",
     .form = OptionForm::list,
     .value = "DIR",
     .help = "A folder of your own catalog entries, which win over the built-in ones"},
    {.name = "--config",
     .value = "PATH",
     .help = "Take formats and catalog folders from this configuration",
     .letter = 'c'},
};

constexpr OptionSpec kMatchOptions[] = {
    {.name = "FILES",
     .form = OptionForm::many,
     .help = "Files of events, also compressed with gzip; - or none: standard input"},
    {.name = "--pattern", .value = "FILE|JSON", .help = "Print the events that match this pattern"},
    {.name = "--patterns",
     .value = "FILE",
     .help =
         "A {\"name\": …, \"pattern\": …} in each line; print events with the names they match"},
    {.name = "--count",
     .form = OptionForm::flag,
     .help = "Print only how many match, for each name"},
    {.name = "--explain",
     .form = OptionForm::flag,
     .help = "For each event that does not match, print which clause failed first"},
    {.name = "--check",
     .form = OptionForm::flag,
     .help = "Read no events; report everything that is wrong with the patterns"},
    {.name = "--aws",
     .form = OptionForm::flag,
     .help = "With --check: report what EventBridge refuses, too, such as wildcards that are too "
             "complex for it"},
};

constexpr OptionSpec kCheckOptions[] = {
    {.name = "CONFIG", .form = OptionForm::one, .help = "The configuration to check"},
    kConfig,
    kShown,
};

constexpr auto kExplainOptions = with(
    {{.name = "EVENT",
      .form = OptionForm::one,
      .help = "A file with one event; - for standard input"},
     {.name = "--as-new",
      .form = OptionForm::flag,
      .help = "As if it happened now, for the first time"},
     {.name = "--sequence",
      .form = OptionForm::number,
      .value = "N",
      .help = "What became of what the journal has there, whom it was told, and why not"},
     {.name = "--event",
      .value = "ID",
      .help =
          "The same of all that the event with this id said; or of the notification with this id, "
          "as mails and messages have it"}},
    kAskedForOne);

constexpr auto kSendOptions =
    with({{.name = "FILES",
           .form = OptionForm::many,
           .help = "Files of events, also compressed with gzip; - or none: standard input"},
          {.name = "--timeout",
           .value = "HOW-LONG",
           .help = "Give up where the daemon takes nothing for so long; 2m by default"}},
         kAsked);

constexpr auto kTailOptions = with(
    {{.name = "--when", .value = "JSON", .help = "A pattern; only notifications that match it"},
     {.name = "--format", .value = "NAME", .help = "text (the default), json, csv, …"},
     {.name = "--from",
      .value = "WHERE",
      .help = "now (the default), earliest, or a sequence number"}},
    kAsked);

constexpr auto kResourcesOptions = with(
    {{.name = "QUERY", .form = OptionForm::one, .help = "Part of an id or of a name"},
     {.name = "--type",
      .value = "TYPE",
      .help = "Only of this type, or of a part of it: AWS::EC2::Instance, instance, ec2"},
     {.name = "--account", .value = "ID", .help = "Only of this account"},
     {.name = "--region", .value = "NAME", .help = "Only in this region"},
     {.name = "--phase",
      .value = "PHASE",
      .help = "Only in this phase",
      .choices = "provisioning|stable|changing|degraded|stopped|deprovisioning|gone|unknown"},
     {.name = "--cause",
      .value = "KIND",
      .help = "Only where the cause is of this kind",
      .choices = "deployment|human|autoscaling|schedule|provider|service|automation|unknown"},
     {.name = "--actor",
      .value = "NAME",
      .help = "Only where the cause names this actor: carol@example.org, or carol"},
     {.name = "--drift",
      .value = "DRIFT",
      .help = "Only what stands so to the code that declares it",
      .choices = "none|out_of_band|unmanaged|lost|unknown"},
     {.name = "--owner",
      .value = "NAME",
      .help = "Only what this inventory or stack declares, or an address that holds this"},
     {.name = "--tag", .value = "KEY=VALUE", .help = "Only with this tag"},
     {.name = "--since",
      .value = "WHEN",
      .help =
          "Only where the state changed since then: 24h, yesterday, 09:30, 2026-11-23, or a time"},
     kLimit},
    kWatched);

constexpr auto kTimelineOptions = with({{.name = "RESOURCE",
                                         .form = OptionForm::one,
                                         .help = "An id, the last part of one (i-0a1b…), or a name",
                                         .is_required = true},
                                        kNewest},
                                       kWatched);

constexpr OptionSpec kSince{.name = "--since",
                            .value = "WHEN",
                            .help =
                                "What happened since then: 24h, yesterday, 09:30, 2026-11-23, "
                                "or a time"};
constexpr OptionSpec kUntil{.name = "--until", .value = "WHEN", .help = "What happened before"};

constexpr auto kEventsOptions =
    with({{.name = "RESOURCE",
           .form = OptionForm::one,
           .help = "Only of this resource: its id, the whole last part of it, or its name"},
          kSince,
          kUntil,
          {.name = "--actor",
           .value = "NAME",
           .help = "Only what this actor did: carol@example.org, or carol"},
          {.name = "--account", .value = "ID", .help = "Only of this account"},
          {.name = "--region", .value = "NAME", .help = "Only in this region"},
          {.name = "--type",
           .value = "TYPE",
           .help = "Only of this type, or of a part of it: AWS::EC2::Instance, instance, ec2"},
          {.name = "--cause",
           .value = "KIND",
           .help = "Only where the cause is of this kind",
           .choices = "deployment|human|autoscaling|schedule|provider|service|automation|unknown"},
          {.name = "--severity",
           .value = "WORD",
           .help = "Only what is at least so severe",
           .choices = "INFO|WARN|ERROR"},
          {.name = "--fate",
           .value = "FATE",
           .help = "Only events of this fate; of those that the journal does not have, samples",
           .choices = "recognised|too_late|unrecognised|malformed|rejected|incomplete"},
          {.name = "--event",
           .value = "ID",
           .help = "Only the event with this id: its provider's, or EventBridge's of a CloudTrail "
                   "record; or "
                   "the one that a notification with this id told"},
          {.name = "--follow",
           .form = OptionForm::flag,
           .help = "Show the newest, and what comes, until Ctrl-C"},
          {.name = "--limit",
           .form = OptionForm::number,
           .value = "N",
           .help = "At most N, the newest; without it and --since, 100",
           .letter = 'n'}},
         kListed);

constexpr auto kDeploymentsOptions = with(
    {{.name = "STACK", .form = OptionForm::one, .help = "Only of this stack or state"},
     {.name = "--since",
      .value = "WHEN",
      .help = "What changed something since then; 7d by default"},
     {.name = "--actor",
      .value = "NAME",
      .help = "Only what this actor deployed: carol@example.org, or carol"},
     {.name = "--tool", .value = "NAME", .help = "Only by this tool: terraform, cloudformation"},
     {.name = "--account", .value = "ID", .help = "Only in this account"},
     kNewest},
    kWatched);

constexpr auto kInventoryOptions =
    with({{.name = "--not-joined",
           .form = OptionForm::flag,
           .help = "List what is declared and cannot be joined with a resource, and why"},
          {.name = "--check",
           .form = OptionForm::flag,
           .help = "Exit with 1 where anything is out of band, unmanaged or lost, or an inventory "
                   "cannot be read"}},
         kWatched);

constexpr auto kHeldDropOptions =
    with({{.name = "SUBSCRIPTION",
           .form = OptionForm::one,
           .help = "As `held` lists it; one that is not configured any more",
           .is_required = true},
          kDryRun},
         kAskedForOne);

constexpr auto kHeldOptions = with({kSubscription}, kWatched);

constexpr auto kTestOptions = with(
    {{.name = "SUBSCRIPTION",
      .form = OptionForm::one,
      .help = "One of the configuration",
      .is_required = true},
     {.name = "--since", .value = "WHEN", .help = "Of what was recorded since then; 7d by default"},
     {.name = "--until", .value = "WHEN", .help = "Of what was recorded before"}},
    kListed);

constexpr auto kLedgerOptions =
    with({{.name = "--unrecognised",
           .form = OptionForm::flag,
           .help = "Kinds of events that no catalog entry knows, the most frequent first"},
          {.name = "--refusals",
           .form = OptionForm::flag,
           .help = "Events that were malformed, rejected or incomplete, and why"}},
         kWatched);

constexpr auto kParkedListOptions = with({kSubscription, kSequence, kOfResource, kLimit}, kWatched);
constexpr auto kParkedShowOptions = with({{.name = "SUBSCRIPTION",
                                           .form = OptionForm::one,
                                           .help = "As `parked list` shows it",
                                           .is_required = true},
                                          {.name = "SEQUENCE",
                                           .form = OptionForm::one,
                                           .help = "As `parked list` shows it",
                                           .is_required = true}},
                                         kAskedForOne);
constexpr auto kParkedRedriveOptions =
    with({kSubscription,
          kSequence,
          kOfResource,
          {.name = "--skip-moot",
           .form = OptionForm::flag,
           .help = "Leave out those whose resource has had a newer notification since"},
          kDryRun},
         kListed);
constexpr auto kParkedDropOptions =
    with({kSubscription,
          kSequence,
          kOfResource,
          {.name = "--all", .form = OptionForm::flag, .help = "Everything that is parked"},
          kDryRun},
         kListed);

constexpr OptionSpec kFolder{.name = "--folder",
                             .form = OptionForm::list,
                             .value = "DIR",
                             .help = "A folder of your own entries, beside the built-in ones"};
constexpr OptionSpec kCatalogListOptions[] = {
    {.name = "QUERY",
     .form = OptionForm::one,
     .help = "Part of a name, of what is matched, or of a type"},
    kFolder,
    kOutput,
    kConfig,
};
constexpr OptionSpec kCatalogShowOptions[] = {
    {.name = "NAME",
     .form = OptionForm::one,
     .help = "A call (ec2/RunInstances), a type, a name or a place, in full",
     .is_required = true},
    kFolder,
    kConfig,
};
constexpr auto kCatalogCoverageOptions = with(
    {{.name = "--of",
      .form = OptionForm::list,
      .value = "FILE",
      .help = "How much of the events in a file is known, or of those in the `ledger`, rather than "
              "of each service"},
     kFolder},
    kListed);
constexpr auto kCatalogSuggestOptions =
    with({{.name = "KIND",
           .form = OptionForm::one,
           .help = "Source and type of the events: aws.glue/CreateThing",
           .is_required = true},
          {.name = "--of",
           .form = OptionForm::list,
           .value = "FILE",
           .help = "A file that has such an event; by default the ledger's sample"},
          kFolder},
         kAsked);
constexpr OptionSpec kCatalogWhyOptions[] = {
    {.name = "FILES",
     .form = OptionForm::many,
     .help = "Files of events; - is standard input",
     .is_required = true},
    kFolder,
    kConfig,
};

constexpr OptionSpec kSinksOptions[] = {kOutput, kConfig};
constexpr OptionSpec kSinksTestOptions[] = {
    {.name = "NAME",
     .form = OptionForm::one,
     .help = "As `sinks` lists it: the name of its subscription",
     .is_required = true},
    kShown,
    kConfig,
};

constexpr OptionSpec kAwsWhoamiOptions[] = {
    {.name = "--role", .value = "ARN", .help = "A role to assume with what is found"},
    {.name = "--external-id", .value = "ID", .help = "What the role's trust policy asks for"},
    {.name = "--output",
     .value = "FORM",
     .help = "How to show it: table (the default) or json",
     .choices = "table|json",
     .letter = 'o'},
};

constexpr OptionSpec kAwsTemplateOptions[] = {
    {.name = "--hub",
     .form = OptionForm::flag,
     .help = "Where Statewire runs: the queue, its rules, a bus for spokes (the default)"},
    {.name = "--spoke",
     .form = OptionForm::flag,
     .help = "Any other account or region: rules that forward to the hub's bus"},
    {.name = "--serverless",
     .form = OptionForm::flag,
     .help = "Statewire as functions of Lambda, with a topic and a queue before each"},
    {.name = "--service",
     .form = OptionForm::flag,
     .help = "One instance that runs Statewire beside a hub, with a volume and backups"},
    {.name = "--services",
     .form = OptionForm::list,
     .value = "NAME",
     .help = "Only events of this service, as AWS calls it: ec2; given again for each"},
    {.name = "--format",
     .value = "FORM",
     .help = "cloudformation (the default), terraform, or sam for functions",
     .choices = "cloudformation|terraform|sam"},
};

constexpr OptionSpec kLambdaOptions[] = {kConfig};

constexpr OptionSpec kStoreCheckOptions[] = {kConfig};
constexpr OptionSpec kStoreSalvageOptions[] = {
    {.name = "--to",
     .value = "DIR",
     .help = "Where the new store is made: a directory that does not exist, or is empty",
     .is_required = true},
    kConfig,
};
constexpr OptionSpec kBackupPlace{
    .name = "PLACE",
    .form = OptionForm::one,
    .help =
        "s3://BUCKET/PREFIX, or a folder; without it, where `backup:` of the configuration says"};
constexpr OptionSpec kStoreBackupOptions[] = {
    kBackupPlace,
    {.name = "--keep",
     .form = OptionForm::number,
     .value = "N",
     .help = "Then remove all but the newest N backups; without it, none is removed"},
    kConfig,
    kShown,
};
constexpr OptionSpec kStoreBackupsOptions[] = {
    kBackupPlace,
    {.name = "--check",
     .form = OptionForm::flag,
     .help = "Read all that is there and compare it, not only names and sizes"},
    kConfig,
    kOutput,
};
constexpr OptionSpec kStoreRestoreOptions[] = {
    {.name = "PLACE",
     .form = OptionForm::one,
     .help = "Where the backups are: s3://BUCKET/PREFIX, or a folder",
     .is_required = true},
    {.name = "DIR",
     .form = OptionForm::one,
     .help = "Where the store is made: a directory that does not exist, or is empty",
     .is_required = true},
    {.name = "--backup",
     .value = "NAME",
     .help = "Which one, as `statewire store backups` lists them; without it, the newest"},
    {.name = "--no-check",
     .form = OptionForm::flag,
     .help =
         "Leave out the check of the store, which may take long; pieces are compared all the same"},
};
constexpr OptionSpec kHelpOptions[] = {
    {.name = "COMMAND", .form = OptionForm::many, .help = "The command; without one, all"},
};
constexpr auto kStatusOptions = with({kWatch}, kAskedForOne);

constexpr CommandSpec kCommands[] = {
    {.name = "run",
     .summary = "Run the daemon: sources in, notifications out, until SIGTERM or Ctrl-C",
     .examples = "statewire run --config /etc/statewire/statewire.yaml",
     .options = kRunOptions,
     .run = run_daemon},
    {.name = "init",
     .summary = "Ask five things, and write a configuration with all that it needs",
     .examples = "statewire init\n"
                 "statewire init /etc/statewire/statewire.yaml",
     .options = kInitOptions,
     .run = run_init},
    {.name = "doctor",
     .summary = "Try everything that a configuration needs, and say what to do",
     .examples = "statewire doctor\n"
                 "statewire doctor --send",
     .options = kDoctorOptions,
     .run = run_doctor},
    {.name = "convert",
     .summary = "A filter: events in, standard notifications out, without a store",
     .examples = "statewire convert --format csv examples/ec2-running.json\n"
                 "zcat trail/*.json.gz | statewire convert > notifications.jsonl",
     .options = kConvertOptions,
     .run = run_convert},
    {.name = "match",
     .summary = "A filter like grep: events in, those that match a pattern out",
     .examples =
         "statewire match --pattern '{\"detail\": {\"state\": [\"running\"]}}' events.jsonl\n"
         "zcat trail/*.json.gz | statewire match --patterns rules.jsonl --count\n"
         "statewire match --pattern rule.json --explain examples/ec2-stopped.json",
     .options = kMatchOptions,
     .run = run_match},
    {.name = "check",
     .summary = "Check a configuration, and say what it would run",
     .examples = "statewire check statewire.yaml",
     .options = kCheckOptions,
     .run = run_check},
    {.name = "explain",
     .summary = "Say what would become of an event, and why; changes nothing",
     .examples = "statewire explain examples/ec2-stopped.json\n"
                 "statewire explain --sequence 64\n"
                 "statewire explain --event 3f1f6a5e-0d3c-4a6e-9a2b-5b8f7c2d1e00",
     .options = kExplainOptions,
     .run = run_explain},
    {.name = "send",
     .summary = "Send events to the running daemon",
     .examples = "statewire send events.jsonl\n"
                 "zcat trail/*.json.gz | statewire send",
     .options = kSendOptions,
     .run = run_send},
    {.name = "tail",
     .summary = "Follow notifications as they come",
     .examples = "statewire tail\n"
                 "statewire tail --from earliest --when '{\"state\": {\"phase\": [\"gone\"]}}'",
     .options = kTailOptions,
     .run = run_tail},
    {.name = "resources",
     .summary = "List resources with their present state",
     .examples = "statewire resources --phase degraded\n"
                 "statewire resources --drift out_of_band\n"
                 "statewire resources --cause human --since 24h --output csv",
     .options = kResourcesOptions,
     .run = run_resources},
    {.name = "timeline",
     .summary = "Show what happened to a resource, the newest first",
     .notes =
         "The newest arrival comes first, whatever its time; `late` stands at what came after\n"
         "what happened later. `state` is what was known when it was told; the lines above the\n"
         "list say what is known now.",
     .examples = "statewire timeline i-0a1b2c3d4e5f60001",
     .options = kTimelineOptions,
     .run = run_timeline},
    {.name = "events",
     .summary = "List what happened: by time, actor, account, type, severity, fate",
     .notes =
         "The newest arrival comes first; `late` stands at what came after what happened later.\n"
         "Each line says what was known when it was told. What became known since, such as a\n"
         "cause, has a line of its own: `amended`. `timeline` and `resources` show a resource as\n"
         "it is known now.",
     .examples = "statewire events --actor carol --since yesterday\n"
                 "statewire events web-3 --since 24h\n"
                 "statewire events --severity WARN --follow",
     .options = kEventsOptions,
     .run = run_events},
    {.name = "ledger",
     .summary = "Show the fate of every event, by source, account and region",
     .examples = "statewire ledger\n"
                 "statewire ledger --unrecognised",
     .options = kLedgerOptions,
     .run = run_ledger},
    {.name = "deployments",
     .summary = "List what was deployed: which stack or run, by whom, and what failed",
     .examples = "statewire deployments\n"
                 "statewire deployments shop --since 30d",
     .options = kDeploymentsOptions,
     .run = run_deployments},
    {.name = "expectations",
     .summary = "Show how long resources take to arrive, and when one is told to be stuck",
     .examples = "statewire expectations\n"
                 "statewire expectations --output json",
     .options = kWatched,
     .run = run_expectations},
    {.name = "inventory",
     .summary = "Say what infrastructure code declares, and what differs from it",
     .examples = "statewire inventory\n"
                 "statewire inventory --not-joined\n"
                 "statewire inventory --check",
     .options = kInventoryOptions,
     .run = run_inventory},
    {.name = "held",
     .summary = "List what waits, for what, and until when",
     .notes =
         "`until` is the end of a wait at the latest, or when the next attempt is made. It is\n"
         "empty where that is now, or where no daemon runs that would make one. `parked at` (with\n"
         "-o wide) is when a delivery whose attempts go on to fail is parked.",
     .examples = "statewire held\n"
                 "statewire held --subscription people --watch",
     .options = kHeldOptions,
     .run = run_held},
    {.name = "held drop",
     .summary = "Drop what waits for a subscription that was removed: it is never sent",
     .examples = "statewire held drop pager --dry-run",
     .options = kHeldDropOptions,
     .run = run_held_drop},
    {.name = "test",
     .summary = "Say what a subscription would have sent; sends nothing",
     .examples = "statewire test people --since 7d",
     .options = kTestOptions,
     .run = run_test},
    {.name = "parked",
     .summary = "Deliveries that cannot succeed without a person",
     .examples = "statewire parked list\n"
                 "statewire parked redrive --subscription pager --dry-run"},
    {.name = "parked list",
     .summary = "List parked deliveries",
     .examples = "statewire parked list --subscription pager",
     .options = kParkedListOptions,
     .run = run_parked_list},
    {.name = "parked show",
     .summary = "Show one parked delivery, with its payload and its last error",
     .examples = "statewire parked show pager 42",
     .options = kParkedShowOptions,
     .run = run_parked_show},
    {.name = "parked redrive",
     .summary = "Send parked deliveries again",
     .examples = "statewire parked redrive --subscription pager --skip-moot --dry-run",
     .options = kParkedRedriveOptions,
     .run = run_parked_redrive},
    {.name = "parked drop",
     .summary = "Drop parked deliveries: they are never sent",
     .examples = "statewire parked drop --subscription pager --sequence 42\n"
                 "statewire parked drop --all",
     .options = kParkedDropOptions,
     .run = run_parked_drop},
    {.name = "catalog",
     .summary = "Look at what recognises events",
     .examples = "statewire catalog list AWS::EC2::Instance"},
    {.name = "catalog list",
     .summary = "List the entries and the rows of calls that recognise events",
     .examples = "statewire catalog list AWS::EC2::Instance\n"
                 "statewire catalog list --folder my-catalog --output csv",
     .options = kCatalogListOptions,
     .run = run_catalog_list},
    {.name = "catalog show",
     .summary = "Show all that an entry or a row says",
     .examples = "statewire catalog show kendra/CreateIndex\n"
                 "statewire catalog show AWS::Kendra::Index",
     .options = kCatalogShowOptions,
     .run = run_catalog_show},
    {.name = "catalog coverage",
     .summary = "Say how much of each service is known, or of the events in files or the ledger",
     .examples = "statewire catalog coverage\n"
                 "statewire catalog coverage --of events.jsonl\n"
                 "statewire catalog coverage --of ledger",
     .options = kCatalogCoverageOptions,
     .run = run_catalog_coverage},
    {.name = "catalog suggest",
     .summary = "Draft an entry for a kind of event that no entry knows",
     .examples = "statewire catalog suggest aws.glue/CreateThing\n"
                 "statewire catalog suggest aws.glue/CreateThing --of events.jsonl",
     .options = kCatalogSuggestOptions,
     .run = run_catalog_suggest},
    {.name = "catalog why",
     .summary = "Say which entry or row recognises an event, and what it hides",
     .examples = "statewire catalog why event.json",
     .options = kCatalogWhyOptions,
     .run = run_catalog_why},
    {.name = "sinks",
     .summary = "List the configured sinks, with their limits",
     .examples = "statewire sinks\n"
                 "statewire sinks test pager",
     .options = kSinksOptions,
     .run = run_sinks},
    {.name = "sinks test",
     .summary = "Send an example notification to one sink, and say what it answered",
     .examples = "statewire sinks test pager\n"
                 "statewire sinks test people --output json",
     .options = kSinksTestOptions,
     .run = run_sinks_test},
    {.name = "store", .summary = "Work on the store", .examples = "statewire store check"},
    {.name = "store check",
     .summary = "Fold the journal again, and compare it with what is stored",
     .examples = "statewire store check",
     .options = kStoreCheckOptions,
     .run = run_store_check},
    {.name = "store salvage",
     .summary = "Make a new store of what can be read of a damaged one",
     .examples = "statewire store salvage --to /var/lib/statewire/salvaged",
     .options = kStoreSalvageOptions,
     .run = run_store_salvage},
    {.name = "store backup",
     .summary = "Copy the store to a bucket or a folder, also while a daemon runs on it",
     .examples = "statewire store backup s3://shop-backups/statewire\n"
                 "statewire store backup /mnt/backups/statewire --keep 30",
     .options = kStoreBackupOptions,
     .run = run_store_backup},
    {.name = "store backups",
     .summary = "List the backups in a bucket or a folder",
     .examples = "statewire store backups s3://shop-backups/statewire",
     .options = kStoreBackupsOptions,
     .run = run_store_backups},
    {.name = "store restore",
     .summary = "Make a store of a backup, and check it",
     .examples = "statewire store restore s3://shop-backups/statewire /var/lib/statewire/store",
     .options = kStoreRestoreOptions,
     .run = run_store_restore},
    {.name = "aws", .summary = "Work with AWS", .examples = "statewire aws whoami"},
    {.name = "aws whoami",
     .summary = "Show which AWS credentials are found, and where, and try them",
     .examples = "statewire aws whoami\n"
                 "statewire aws whoami --role arn:aws:iam::123456789012:role/statewire",
     .options = kAwsWhoamiOptions,
     .run = run_aws_whoami},
    {.name = "aws template",
     .summary = "Write a template for AWS: queue, rules, bus, role and alarms",
     .examples = "statewire aws template > hub.yaml\n"
                 "statewire aws template --spoke --services ec2 --services iam > spoke.yaml\n"
                 "statewire aws template --format terraform > hub.tf\n"
                 "statewire aws template --serverless --format sam > template.yaml",
     .options = kAwsTemplateOptions,
     .run = run_aws_template},
    {.name = "lambda",
     .summary = "Be a function of AWS Lambda: events in, messages out, without a store",
     .examples = "statewire lambda    # as the bootstrap of a package calls it",
     .options = kLambdaOptions,
     .run = run_lambda},
    {.name = "status",
     .summary = "Show what the running daemon does",
     .examples = "statewire status",
     .options = kStatusOptions,
     .run = run_status},
    {.name = "help",
     .summary = "Say how a command is used",
     .examples = "statewire help parked redrive",
     .options = kHelpOptions,
     .run = run_help},
    {.name = "version",
     .summary = "Say which version this is",
     .examples = "statewire version",
     .run = run_version},
};

}  // namespace

std::span<const CommandSpec> commands() { return kCommands; }

}  // namespace statewire
