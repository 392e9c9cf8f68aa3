// Callers of many shapes, labelled by what an engineer would say from the record alone: kind,
// actor, tool, and in some the role. It prints the shares of each set: `rules` were known when the
// rules were made, `aside` were set aside then, `blind`, `blind 2` and `blind 3` were written by
// people who never saw the code, `blind 4` to `blind 8` by those who knew the rules, and
// labelled before they were run; `seen` and `seen 2` are shapes of public records. What they found
// was mended since.
//
// Where one could say two things, these rules settle the label:
//   - a service is the actor where it works by a role of its own, and who called it where it works
//     in his name; the role stands beside;
//   - a person in a role is the session or the source identity, a program is the role;
//   - what comes out of a pipeline is a deployment, by its tool or else by the pipeline;
//   - a service that deploys is the tool;
//   - a service that runs what somebody wrote is automation, any other at work is a service;
//   - an SDK is called what it calls itself;
//   - what the provider does by itself is done by the service that tells it;
//   - who is only an id of an unknown kind is nobody.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>

#include "catalog/who.h"

namespace statewire {
namespace {

struct Share {
  int right = 0;
  int all = 0;
  std::string wrong = {};

  void add(std::string_view shape, std::string_view is, std::string_view should_be) {
    ++all;
    if (is == should_be) {
      ++right;
    } else {
      wrong.append("  ").append(shape).append(": ").append(is);
      wrong.append(", not ").append(should_be).append("\n");
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
  std::map<std::string, Share> shares;  // By set and field.
  simdjson::dom::parser parser;
  for (std::string text; std::getline(file, text);) {
    simdjson::dom::element line;
    ASSERT_FALSE(parser.parse(text).get(line)) << text;
    Arena arena;
    const Cause cause = who_called(view_of(line["record"].value(), arena), "e1", arena).cause;
    const std::string set(text_at(line, "set"));
    const std::string_view shape = text_at(line, "shape");
    shares[set + " kind"].add(shape, name_of(cause.kind), text_at(line, "kind"));
    shares[set + " actor"].add(shape, cause.actor, text_at(line, "actor"));
    shares[set + " tool"].add(shape, cause.tool, text_at(line, "tool"));
    std::string_view role;
    if (!line["role"].get(role)) shares[set + " role"].add(shape, cause.role, role);
  }
  EXPECT_EQ(shares.size(), 43u);
  for (const auto& [name, share] : shares) {
    std::cout << name << ": " << share.right << " of " << share.all << "\n" << share.wrong;
    EXPECT_GE(share.right * 100, share.all * 97) << name;
  }
  EXPECT_GE(shares["blind kind"].all, 100);
}

}  // namespace
}  // namespace statewire
