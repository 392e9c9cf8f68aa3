// What a command says by how it ends. Scripts rely on the numbers.
#pragma once

namespace statewire {

enum class ExitCode {
  well = 0,
  failed = 1,  // The environment said no, or nothing was found.
  usage = 2,
  damaged = 65,  // What is stored is not what was written; a person decides.
  bad_config = 78,
};

}  // namespace statewire
