#include <algorithm>
#include <iterator>

#include "inventory/cloudformation_inventory.h"
#include "inventory/inventory.h"
#include "inventory/terraform_inventory.h"

namespace statewire {
namespace {

constexpr const InventoryKind* kKinds[] = {&terraform_inventory_kind,
                                           &cloudformation_inventory_kind};

}  // namespace

std::span<const InventoryKind* const> inventory_kinds() { return kKinds; }

const InventoryKind* find_inventory_kind(std::string_view name) {
  const auto kind = std::ranges::find(kKinds, name, &InventoryKind::name);
  return kind == std::end(kKinds) ? nullptr : *kind;
}

}  // namespace statewire
