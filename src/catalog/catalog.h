// The catalog: the data that recognises events. An entry says which events it matches, where
// the resource is, and which phase a state means.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/problems.h"

namespace statewire {

// One entry as `statewire catalog` lists it.
struct CatalogRow {
  std::string_view name;       // "instance state"
  std::string_view place;      // "catalog/aws/ec2.yaml:3"
  std::string_view reference;  // Where the provider documents the event.
  std::string_view match;      // "aws.ec2 / EC2 Instance State-change Notification"
  std::string_view type;       // "AWS::EC2::Instance", or the template of a dynamic one.
  std::string_view effect;     // "state", "create", "cause", …
};

// An example of an entry or of a rule: an event, and what must be observed. The tests run them.
struct CatalogExample {
  std::string entry_place;  // Empty: any entry may recognise the event.
  std::string rule_place;   // Empty: it is an entry's.
  std::string event_file;   // Relative to the root of the repository; empty: event_json has it.
  std::string event_json;
  std::string expect_json;  // [{"id":…,"state":…,"phase":…,"type":…,"cause":…}]; absent keys: any.
};

struct CompiledCatalog;  // catalog/compiled.h, inside this folder.

// Immutable once made; any number of threads may read it.
class Catalog {
 public:
  // The catalog that was compiled into the program (format of catalog/compiled.h).
  static Result<Catalog> from_compiled(std::string_view bytes);
  // The same and, after it, entries of the users' own folders; an entry of a user's wins over
  // a built-in one that matches the same event.
  static Result<Catalog> with_folders(std::string_view compiled,
                                      std::span<const std::string> folders, Problems& problems);

  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;
  ~Catalog();

  size_t size() const;
  std::vector<CatalogRow> rows() const;

  const CompiledCatalog& compiled() const { return *compiled_; }

 private:
  explicit Catalog(std::unique_ptr<CompiledCatalog> compiled);
  std::unique_ptr<CompiledCatalog> compiled_;
};

// The bytes that `compile_catalog` made of catalog/, linked into the program.
std::string_view compiled_catalog_bytes();

}  // namespace statewire
