// Generates a day, plays it, and prints how much of what was said is true, and how much of what is
// true was said. Exits with 1 where either is below 99 %, or where a deployment is not one message
// about just what it has changed.
#include <stdlib.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "base/check.h"
#include "judge.h"

namespace statewire::day {
namespace {

constexpr double kLeast = 0.99;

// A folder that is gone with it, or none.
class Folder {
 public:
  explicit Folder(bool is_on_disk) {
    if (!is_on_disk) return;
    std::string name = (std::filesystem::temp_directory_path() / "statewire-day-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Option {
  std::string_view name;
  size_t* value;
};

bool read_options(int argc, char** argv, Size& size) {
  const Option options[] = {{"--seed", &size.seed},
                            {"--resources", &size.resources},
                            {"--deployments", &size.deployments},
                            {"--moves", &size.moves},
                            {"--hand-changes", &size.hand_changes},
                            {"--stuck", &size.stuck},
                            {"--flapping", &size.flapping},
                            {"--quiet-days", &size.quiet_days},
                            {"--quiet-moves", &size.quiet_moves},
                            {"--on-disk", &size.is_on_disk}};
  for (int i = 1; i + 1 < argc; i += 2) {
    const Option* found = nullptr;
    for (const Option& option : options) {
      if (option.name == argv[i]) found = &option;
    }
    if (found == nullptr) return false;
    const char* const end = argv[i + 1] + std::strlen(argv[i + 1]);
    if (std::from_chars(argv[i + 1], end, *found->value).ptr != end) return false;
  }
  return argc % 2 == 1;
}

bool print(std::string_view what, const Score& score, bool is_judged) {
  const bool is_well = !is_judged || (score.precision() >= kLeast && score.recall() >= kLeast);
  std::printf("%-24s %8zu %7zu %7zu %9.2f %% %7.2f %%%s\n", std::string(what).c_str(), score.right,
              score.wrong, score.missed, 100 * score.precision(), 100 * score.recall(),
              is_well ? "" : "  too low");
  for (const std::string& example : score.examples) std::printf("    %s\n", example.c_str());
  return is_well;
}

bool print(const Day& day, const Verdicts& verdicts) {
  bool is_well = true;
  std::printf("%-24s %8s %7s %7s %11s %9s\n", "", "right", "wrong", "missed", "precision",
              "recall");
  for (size_t i = 1; i < kWords; ++i) {
    const std::string name(name_of(static_cast<Word>(i)));
    is_well &= print("told " + name, verdicts.told[i], true);
  }
  for (size_t i = 0; i <= static_cast<size_t>(Word::lost); ++i) {
    const std::string name(name_of(static_cast<Word>(i)));
    is_well &= print("in the end " + name, verdicts.stands[i], true);
  }
  std::printf("on the quiet days, told to be stuck or to flap: %zu\n", verdicts.wolves);
  std::printf(
      "of %zu deployments %zu were told in one message, %zu in several, %zu in none\n"
      "they changed %zu resources; %zu of them no message counts, and messages count %zu of "
      "others; %zu amendments, %zu messages of no deployment, %zu of single resources\n",
      day.truth.deployments.size(), verdicts.told_once, verdicts.told_more, verdicts.told_never,
      verdicts.changed, verdicts.not_counted, verdicts.not_its_own, verdicts.amendments,
      verdicts.of_none, verdicts.told_alone);
  for (const std::string& example : verdicts.deployment_examples) {
    std::printf("    %s\n", example.c_str());
  }
  const bool is_one_each = verdicts.told_once == day.truth.deployments.size() &&
                           verdicts.amended_again == 0 && verdicts.not_counted == 0 &&
                           verdicts.not_its_own == 0 && verdicts.of_none == 0 &&
                           verdicts.told_alone == 0;
  return is_well && verdicts.wolves == 0 && is_one_each;
}

int run(const Size& size) {
  const auto began = std::chrono::steady_clock::now();
  const Folder folder(size.is_on_disk != 0);
  const Day day = generate(size);
  const Played played = play(day, folder.path(), size.is_on_disk != 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("seed %zu: %zu resources, %zu events, %zu entries, %.0f s\n", size.seed,
              played.stands.size(), static_cast<size_t>(played.events),
              static_cast<size_t>(played.entries), took.count());
  bool is_well = print(day, judge(day, played));
  if (played.unknown_events > 0) {
    std::printf("%zu events were not recognised\n", static_cast<size_t>(played.unknown_events));
    is_well = false;
  }
  for (const std::string& difference : played.differences) {
    std::printf("folded again: %s\n", difference.c_str());
    is_well = false;
  }
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace statewire::day

int main(int argc, char** argv) {
  statewire::day::Size size;
  if (!statewire::day::read_options(argc, argv, size)) {
    std::fprintf(stderr, "usage: day [--seed N] [--resources N] …\n");
    return 2;
  }
  return statewire::day::run(size);
}
