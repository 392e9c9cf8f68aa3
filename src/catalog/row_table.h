// The rows of all tables of calls, found by their call. A row is made into an entry when its call
// first comes in, so that ten thousand of them cost neither time at start nor memory. Nobody can
// see that: once built it is immutable, and any number of threads may ask.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/compiled.h"
#include "catalog/lower_row.h"
#include "catalog/once_table.h"
#include "catalog/text_map.h"

namespace statewire {

// Of the types that an ARN may be of, the one that leaves the least of it open.
class Closest {
 public:
  void add(std::string_view type, size_t open) {
    if (open > least_) return;
    type_ = open == least_ ? std::string_view() : type;
    least_ = open;
  }
  std::string_view type() const { return type_; }  // Empty where there is none, or two are.
  size_t open() const { return least_; }

 private:
  std::string_view type_;
  size_t least_ = SIZE_MAX;
};

class RowTable {
 public:
  // Keeps `tables`, which must outlive it and stay where they are. An earlier one wins.
  RowTable(const std::vector<CallTable>& tables, NativePhases told_natively);

  // The position of the first row about the call, at `from` or after it: APIs that share a source
  // may have calls of one name. A date or version that ends the name is left out where no row has
  // it: CreateFunction20150331 is CreateFunction. Nothing where there is none.
  std::optional<uint32_t> find(std::string_view source, std::string_view name,
                               uint32_t from = 0) const;
  // The entry of what find() gave. Null where it cannot be made, as every row of the program can.
  // `catalog` is the one that the table is of.
  const CompiledEntry* entry(uint32_t position, const CompiledCatalog& catalog) const;

  // What the tables say of a type; null where nothing.
  const TypeRule* rule_of_type(std::string_view type) const;
  // The type whose ARN it is: that of `others`, or one of the tables that leaves less of it open.
  // Empty where there is none, or two do. Linear in the types of the ARN's service.
  std::string_view type_of_arn(std::string_view arn, Closest others = {}) const;

  size_t size() const { return rows_.size(); }
  const CallTable& table_of(uint32_t position) const { return tables_[rows_[position].table]; }
  const CallRow& row_of(uint32_t position) const {
    return table_of(position).rows[rows_[position].row];
  }
  // What the row says, once native events had their part.
  EntrySpec spec_of(uint32_t position) const;

 private:
  struct RowAt {
    uint32_t table = 0;
    uint32_t row = 0;
  };
  struct Lowered {
    EntrySpec spec;
    CompiledEntry entry;
  };
  void add_types(const CallTable& table);
  std::optional<uint32_t> find_exactly(std::string_view source, std::string_view name,
                                       uint32_t from) const;
  std::unique_ptr<const Lowered> lower(uint32_t position, const CompiledCatalog& catalog) const;

  const std::vector<CallTable>& tables_;
  const NativePhases told_natively_;
  std::vector<RowAt> rows_;
  std::vector<std::pair<uint64_t, uint32_t>> by_call_;  // By the hash of source and name, sorted.
  OnceTable<Lowered> lowered_;
  std::vector<const TypeSpec*> types_;
  TextMap<uint32_t> types_by_name_;
  TextMap<std::vector<uint32_t>> types_by_service_;  // Of their ARNs.
  OnceTable<TypeRule> type_rules_;
};

// "CreateFunction" of "CreateFunction20150331v2" and of "CreateFunction2015_03_31".
std::string_view without_version(std::string_view name);

// How much of the ARN a template of ARNs leaves to its {…}, in bytes; nothing where it is no such
// ARN. Only the last {…} may stand for more than one part of it.
std::optional<size_t> open_bytes(std::string_view arn, std::string_view shape);

}  // namespace statewire
