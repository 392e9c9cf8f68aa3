// Stacks of CloudFormation, as its API tells them.
#pragma once

#include "inventory/inventory.h"

namespace statewire {

extern const InventoryKind cloudformation_inventory_kind;

}  // namespace statewire
