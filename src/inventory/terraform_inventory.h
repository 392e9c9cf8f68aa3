// States of Terraform and OpenTofu in files.
#pragma once

#include "inventory/inventory.h"

namespace statewire {

extern const InventoryKind terraform_inventory_kind;

}  // namespace statewire
