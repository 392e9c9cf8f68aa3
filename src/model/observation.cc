#include "model/observation.h"

namespace statewire {

std::string_view name_of(Effect effect) {
  switch (effect) {
    case Effect::state:
      return "state";
    case Effect::cause:
      return "cause";
    case Effect::configure:
      return "configure";
    case Effect::tag:
      return "tag";
    case Effect::fail:
      return "fail";
    case Effect::declare:
      return "declare";
    case Effect::overdue:
      return "overdue";
    case Effect::turning:
      return "turning";
    case Effect::move:
      break;
  }
  return "move";
}

}  // namespace statewire
