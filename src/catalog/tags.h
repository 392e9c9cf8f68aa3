// Tags that an event says a resource has, or lost.
#pragma once

#include <span>

#include "base/arena.h"
#include "catalog/compiled.h"
#include "catalog/render.h"
#include "model/observation.h"

namespace statewire {

// At most kTagsMax, the first in the event; all in the arena. Of tags that were removed only the
// keys. What is not a tag is passed over. `scratch` is kept for its memory.
std::span<const Tag> read_tags(const TagsRule& rule, const RenderContext& context, Arena& arena,
                               std::vector<Tag>& scratch);

}  // namespace statewire
