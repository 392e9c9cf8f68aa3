// Callers of many shapes, labelled by what an engineer would say from the record alone: kind, actor
// and tool. It prints the shares.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>

#include "catalog/who.h"

namespace statewire {
namespace {

struct Share {
  std::string_view name;
  int right = 0;
  int all = 0;
  std::string wrong = {};

  void add(const std::string& shape, std::string_view is, std::string_view should_be) {
    ++all;
    if (is == should_be) {
      ++right;
    } else {
      wrong.append(shape).append(": ").append(is).append(", not ").append(should_be).append("\n");
    }
  }
};

std::string_view text_at(simdjson::dom::element line, std::string_view key) {
  std::string_view text;
  EXPECT_FALSE(line[key].get(text)) << key;
  return text;
}

TEST(Callers, are_told_by_their_shapes) {
  std::ifstream file(SOURCE_DIR "/src/catalog/testdata/callers.jsonl");
  ASSERT_TRUE(file);
  Share kind{"kind"};
  Share actor{"actor"};
  Share tool{"tool"};
  simdjson::dom::parser parser;
  for (std::string text; std::getline(file, text);) {
    simdjson::dom::element line;
    ASSERT_FALSE(parser.parse(text).get(line)) << text;
    Arena arena;
    const Cause cause = who_called(view_of(line["record"].value(), arena), "e1", arena).cause;
    const std::string shape =
        std::string(text_at(line, "set")) + ": " + std::string(text_at(line, "shape"));
    kind.add(shape, name_of(cause.kind), text_at(line, "kind"));
    actor.add(shape, cause.actor, text_at(line, "actor"));
    tool.add(shape, cause.tool, text_at(line, "tool"));
  }
  for (const Share* each : {&kind, &actor, &tool}) {
    std::cout << each->name << ": " << each->right << " of " << each->all << "\n" << each->wrong;
    EXPECT_GE(each->right * 100, each->all * 97) << each->name;
  }
  EXPECT_GE(kind.all, 100);
}

}  // namespace
}  // namespace statewire
