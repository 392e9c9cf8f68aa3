#include "catalog/spec_codec.h"

#include <type_traits>

#include "base/ids.h"

namespace statewire {
namespace {

constexpr std::string_view kHeader{"SWC\x06", 4};

// One list of members serves both ways, so that they cannot differ.
template <typename Archive, typename T>
void transfer(Archive& archive, std::vector<T>& items);
template <typename Archive, typename A, typename B>
void transfer(Archive& archive, std::pair<A, B>& pair);
template <typename Archive>
void transfer(Archive& archive, std::string& text) {
  archive.text(text);
}
template <typename Archive, typename Number>
  requires(std::is_enum_v<Number> || std::is_integral_v<Number>)
void transfer(Archive& archive, Number& number) {
  uint64_t wide = static_cast<uint64_t>(number);
  archive.number(wide);
  number = static_cast<Number>(wide);
}

template <typename Archive>
void transfer(Archive& archive, Duration& duration) {
  uint64_t count = static_cast<uint64_t>(duration.count());
  archive.number(count);
  duration = Duration(static_cast<int64_t>(count));
}

template <typename Archive, typename... Members>
void transfer_all(Archive& archive, Members&... members) {
  (transfer(archive, members), ...);
}

template <typename Archive>
void transfer(Archive& archive, TextSpec& text) {
  transfer_all(archive, text.text, text.table);
}
template <typename Archive>
void transfer(Archive& archive, PhaseRow& row) {
  transfer_all(archive, row.word, row.phase, row.value, row.severity, row.is_by_itself);
}
template <typename Archive>
void transfer(Archive& archive, CallSpec& call) {
  transfer_all(archive, call.source, call.name);
}
template <typename Archive>
void transfer(Archive& archive, TagsSpec& tags) {
  transfer_all(archive, tags.form, tags.path, tags.inner, tags.key, tags.value, tags.where,
               tags.is_whole);
}
template <typename Archive>
void transfer(Archive& archive, ResourceSpec& resource) {
  transfer_all(archive, resource.type_form, resource.type, resource.ids, resource.is_physical,
               resource.name, resource.zone, resource.region, resource.account, resource.provider,
               resource.service, resource.tags);
}
template <typename Archive>
void transfer(Archive& archive, CauseSpec& cause) {
  transfer_all(archive, cause.kind, cause.actor, cause.actor_type, cause.tool);
}
template <typename Archive>
void transfer(Archive& archive, ChangesSpec& changes) {
  transfer_all(archive, changes.path, changes.from, changes.to);
}
template <typename Archive>
void transfer(Archive& archive, EntrySpec& entry) {
  transfer_all(archive, entry.place, entry.name, entry.reference, entry.match, entry.when,
               entry.calls, entry.each, entry.resource, entry.effect, entry.states, entry.phases,
               entry.otherwise, entry.is_by_words, entry.settles_natively, entry.settles_after,
               entry.error, entry.reasons, entry.toward, entry.cause, entry.version, entry.time,
               entry.is_reusable, entry.aliases, entry.changes, entry.once, entry.severity);
}
template <typename Archive>
void transfer(Archive& archive, TypeSpec& type) {
  transfer_all(archive, type.type, type.id, type.name, type.arn, type.shape, type.apart,
               type.is_reusable);
}
template <typename Archive>
void transfer(Archive& archive, RowExtras& extras) {
  transfer_all(archive, extras.each, extras.state, extras.tags, extras.differs, extras.phase);
}
template <typename Archive>
void transfer(Archive& archive, CallRow& row) {
  transfer_all(archive, row.name, row.effect, row.trust, row.line, row.type, row.ids,
               row.settles_after, row.from, row.extras);
}
template <typename Archive>
void transfer(Archive& archive, CallTable& table) {
  transfer_all(archive, table.file, table.sources, table.types, table.rows, table.unknown);
}
template <typename Archive>
void transfer(Archive& archive, RuleSpec& rule) {
  transfer_all(archive, rule.place, rule.name, rule.reference, rule.calls, rule.each, rule.when,
               rule.without, rule.severity, rule.says);
}
template <typename Archive, typename A, typename B>
void transfer(Archive& archive, std::pair<A, B>& pair) {
  transfer_all(archive, pair.first, pair.second);
}
template <typename Archive, typename T>
void transfer(Archive& archive, std::vector<T>& items) {
  uint64_t count = items.size();
  archive.count(count);
  items.resize(count);
  for (T& item : items) transfer(archive, item);
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(value | 0x80));
    out_.push_back(static_cast<char>(value));
  }
  void count(uint64_t value) { number(value); }
  void text(const std::string& value) {
    number(value.size());
    out_.append(value);
  }

 private:
  std::string& out_;
};

// After the first fault everything reads as 0 or empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  void number(uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const auto byte = static_cast<uint8_t>(left_.front());
      left_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return;
    }
    value = 0;
    fail();
  }
  // Every item takes a byte at least: a count beyond what is left would only take memory.
  void count(uint64_t& value) {
    number(value);
    if (value <= left_.size()) return;
    value = 0;
    fail();
  }
  void text(std::string& value) {
    uint64_t size = 0;
    count(size);
    value = left_.substr(0, size);
    left_.remove_prefix(size);
  }
  std::string_view left() const { return left_; }
  bool is_whole() const { return !has_failed_ && left_.empty(); }

 private:
  void fail() {
    has_failed_ = true;
    left_ = {};
  }

  std::string_view left_;
  bool has_failed_ = false;
};

}  // namespace

std::string encode(const CatalogSpec& spec) {
  std::string body;
  Writer body_writer(body);
  CatalogSpec copy = spec;
  transfer_all(body_writer, copy.entries, copy.rules, copy.types, copy.tables, copy.words);
  std::string out(kHeader);
  Writer(out).number(hash64(body));
  return out + body;
}

Result<CatalogSpec> decode_catalog(std::string_view bytes) {
  if (!bytes.starts_with(kHeader)) return bad_input("not a compiled catalog of this version");
  Reader reader(bytes.substr(kHeader.size()));
  uint64_t hash = 0;
  reader.number(hash);
  CatalogSpec spec;
  const bool is_intact = hash == hash64(reader.left());
  if (is_intact)
    transfer_all(reader, spec.entries, spec.rules, spec.types, spec.tables, spec.words);
  if (!is_intact || !reader.is_whole()) return bad_input("the compiled catalog is damaged");
  return spec;
}

}  // namespace statewire
