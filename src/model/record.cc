#include "model/record.h"

#include <algorithm>

namespace statewire {
namespace {

void own_texts(Cause& cause, Arena& arena) {
  for (std::string_view* const text :
       {&cause.actor, &cause.actor_type, &cause.tool, &cause.via, &cause.session, &cause.call,
        &cause.evidence, &cause.role, &cause.address, &cause.account, &cause.reason}) {
    *text = arena.copy(*text);
  }
}

}  // namespace

std::string_view tag_of(const Record& record, std::string_view key) {
  const auto tag = std::ranges::lower_bound(record.tags, key, {}, &Tag::key);
  return tag != record.tags.end() && tag->key == key ? tag->value : std::string_view();
}

void own_texts(Record& record, Arena& arena) {
  Identity& id = record.resource;
  for (std::string_view* const text :
       {&id.id, &id.type, &id.provider, &id.account, &id.region, &id.zone, &id.service, &id.name,
        &record.value, &record.previous.value, &record.declared, &record.touch}) {
    *text = arena.copy(*text);
  }
  own_texts(record.cause, arena);
  const std::span<Tag> tags = arena.copy_of(record.tags);
  for (Tag& tag : tags) tag = {arena.copy(tag.key), arena.copy(tag.value)};
  record.tags = tags;
  const std::span<Hint> hints = arena.copy_of(record.hints);
  for (Hint& hint : hints) own_texts(hint.cause, arena);
  record.hints = hints;
}

}  // namespace statewire
