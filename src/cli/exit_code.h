// What a command says by how it ends. Scripts rely on the numbers.
#pragma once

namespace statewire {

enum class ExitCode { well = 0, failed = 1, usage = 2, bad_config = 78 };

}  // namespace statewire
