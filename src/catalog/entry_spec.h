// What an entry of the catalog says, once it has been read and found right, and before it is made
// fit for matching. This is what the compiled form holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/lifecycle.h"

namespace statewire {

// What an entry makes of an event. Stored as numbers: never renumber.
enum class EntryEffect : uint8_t {
  state = 0,      // Tells the state that was reached.
  create = 1,     // A call after which the resource is there, or on its way.
  remove = 2,     // `delete`: a call after which it is gone, or on its way.
  configure = 3,  // A call that sets properties.
  cause = 4,      // Tells only who and why.
  tag = 5,        // Sets or removes tags.
  ignore = 6,     // Looks like a change and is none.
  fail = 7,       // Tells that something could not be done; the state stays.
  settle = 8,     // Statewire's own: the time has passed after which something settles.
  declare = 9,    // Statewire's own: what an inventory says.
  put = 10,       // A call that makes what is not there, and sets the properties of what is.
};
std::string_view name_of(EntryEffect effect);

// A template, and the table that what it gives is looked up in; none where the table is empty.
struct TextSpec {
  std::string text;
  std::vector<std::pair<std::string, std::string>> table;
};

// One native state.
struct PhaseRow {
  std::string word;
  Phase phase = Phase::unknown;
  std::string value;          // What is told in place of the word; empty: the word.
  uint8_t severity = 0;       // OpenTelemetry number; 0: the entry's.
  bool is_by_itself = false;  // Nobody asks for it: no cause of it is waited for.
};

// A call by its eventSource and eventName.
struct CallSpec {
  std::string source;
  std::string name;
};

// Where tags stand. Exactly one form is in use, or none.
struct TagsSpec {
  enum class Form : uint8_t { none = 0, list = 1, map = 2, removed = 3 };
  Form form = Form::none;
  std::string path;   // Of the list, the map, or the list of keys that are removed.
  std::string inner;  // Of a list in each element of `path`; empty where `path` has the tags.
  std::string key;    // In a tag.
  std::string value;
  // Which elements of `path` count: those whose field has one of these values.
  std::vector<std::pair<std::string, std::vector<std::string>>> where;
  bool is_whole = false;
};

// How the type of a resource is told.
enum class TypeForm : uint8_t {
  text = 0,
  arn = 1,      // The one that the id, an ARN, is of.
  own_arn = 2,  // The same, where the ARN is of the service that sent the event.
};

struct ResourceSpec {
  TypeForm type_form = TypeForm::text;
  TextSpec type;              // Of TypeForm::text.
  std::vector<TextSpec> ids;  // The first that resolves.
  bool is_physical = false;   // They are physical ids, which the type's rule makes canonical.
  TextSpec name;
  TextSpec zone;
  TextSpec region;
  TextSpec account;
  TextSpec provider;
  TextSpec service;
  TagsSpec tags;
};

// What was set, where an event says it in a form of its own: an object that has, by path, what was
// there before and after.
struct ChangesSpec {
  std::string path;  // Empty: none.
  std::string from;  // In each of its fields.
  std::string to;
};

// Who did it, where the event itself says so.
struct CauseSpec {
  CauseKind kind = CauseKind::unknown;
  TextSpec actor;
  TextSpec actor_type;
  TextSpec tool;
};

struct EntrySpec {
  std::string place;  // "catalog/aws/ec2.yaml:3"
  std::string name;
  std::string reference;
  std::string match;  // For people: "aws.ec2 / EC2 Instance State-change Notification"
  std::string when;   // A pattern as JSON; empty where `calls` says what matches.
  std::vector<CallSpec> calls;
  std::string each;
  ResourceSpec resource;
  EntryEffect effect = EntryEffect::state;
  std::vector<TextSpec> states;  // The first that resolves.
  std::vector<PhaseRow> phases;
  Phase otherwise = Phase::unknown;
  bool is_by_words = false;  // `otherwise` is what the catalog's words say.
  bool settles_natively = false;
  Duration settles_after{};       // 0: the call settles it, or a native event.
  TextSpec error;                 // Of `fail`.
  std::vector<TextSpec> reasons;  // Why it came about: the first that resolves.
  PhaseSet toward = kAllPhases;
  CauseSpec cause;
  std::string version;
  std::string time;
  bool is_reusable = false;
  std::vector<TextSpec> aliases;
  ChangesSpec changes;
  TextSpec once;         // What makes two events of the provider's one; empty: the event's own id.
  uint8_t severity = 0;  // OpenTelemetry number; 0: by the rule of the notification.
};

// The `arn` of a type of which no ARN tells the bare id.
inline constexpr std::string_view kNoArn = "none";

// How a type's physical id becomes a canonical one.
struct TypeSpec {
  std::string type;   // "AWS::EC2::Instance"
  std::string place;  // Where it stands; not in the compiled form.
  std::string id;     // A template with {}; empty: a URN.
  std::string name;   // The same, of the resource's name; empty: none.
  // The same, of an ARN that stands for such an id: what its filters give of {} is the bare id.
  // Empty: `id` is its shape, and an ARN is the id as it is.
  std::string arn;
  // The whole ARN with {} for each part of the bare id, where it has several. May be empty.
  std::string shape;
  // What it is called instead where a field tells: the first that resolves. May be empty.
  std::vector<TextSpec> apart;
  bool is_reusable = false;
};

// Which calls more people than usual should hear of, and in which words.
struct RuleSpec {
  std::string place;
  std::string name;
  std::string reference;
  std::vector<CallSpec> calls;
  std::string each;      // A list; the rule is met where an element meets `when`.
  std::string when;      // A pattern as JSON over the record, or the element; empty: always met.
  std::string without;   // A path that must lead nowhere; may be empty.
  uint8_t severity = 0;  // OpenTelemetry number.
  std::string says;      // A template; {} is the element's name. May be empty.
};

// How sure it is that a row is right. Stored as numbers: never renumber.
enum class RowTrust : uint8_t { high = 0, fair = 1, low = 2 };
std::string_view name_of(RowTrust trust);

// What few rows have, kept apart: it would be two thirds of their memory.
struct RowExtras {
  std::string each;   // A path to a list: the call is about each of its elements.
  std::string state;  // A path to the native state in the answer; it beats the call's verb.
  TagsSpec tags;
  std::string differs;           // What another witness says; empty where none does.
  Phase phase = Phase::unknown;  // Of a row that does `state`: what the call moves to.

  bool is_empty() const {
    return each.empty() && state.empty() && tags.form == TagsSpec::Form::none && differs.empty() &&
           phase == Phase::unknown;
  }
};

// What the catalog knows of a call in one row, where no entry says more. Ten thousand calls are
// rows: they are compact, and made into entries only when such a call comes in.
struct CallRow {
  std::string name;  // Of the call: "CreateFunction"
  EntryEffect effect = EntryEffect::ignore;
  RowTrust trust = RowTrust::high;
  uint32_t line = 0;
  std::string type;  // "*": that of the ARN which the call names.
  // Ways to the bare id or the ARN, the best first, separated by " | ": paths into the record
  // ("requestParameters.name"), or texts with paths in braces.
  std::string ids;
  Duration settles_after{};       // As in EntrySpec.
  std::string from;               // Which witness says so: cfn, iam, part, tag, verb, hand.
  std::vector<RowExtras> extras;  // One at most.

  RowExtras more() const { return extras.empty() ? RowExtras() : extras.front(); }
};

// The rows of one file.
struct CallTable {
  std::string file;                  // "catalog/aws/generated/lambda.yaml"
  std::vector<std::string> sources;  // "lambda.amazonaws.com"; each has all the rows.
  std::vector<TypeSpec> types;       // Those that the rows need; one of `types:` elsewhere wins.
  std::vector<CallRow> rows;
  std::vector<std::string> unknown;  // Calls of the service that nothing is known of.
};

struct CatalogSpec {
  // An earlier one wins.
  std::vector<EntrySpec> entries;
  std::vector<RuleSpec> rules;
  std::vector<TypeSpec> types;
  // Of generated files; any entry wins over them.
  std::vector<CallTable> tables;
  // What a native state means wherever it is said: "create-failed", in the form of plain_word().
  std::vector<std::pair<std::string, Phase>> words;
};

}  // namespace statewire
