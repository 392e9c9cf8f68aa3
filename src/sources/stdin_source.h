// Events from standard input, until its end. Nothing is stored about how far it was read.
#pragma once

#include <string>
#include <vector>

#include "sources/handover.h"
#include "sources/source.h"

namespace statewire {

class StdinSource final : public Source {
 public:
  // Reads `fd`, which stays open.
  explicit StdinSource(std::string name, int fd = 0) : name_(std::move(name)), fd_(fd) {}

  Result<void> run(Intake& intake, std::stop_token stop) override;

 private:
  // Until all are stored or stop is requested.
  void hand_over(Handover& handover, std::vector<Piece> pieces, std::stop_token stop);

  const std::string name_;
  const int fd_;
};

extern const SourceKind stdin_source_kind;

}  // namespace statewire
