// Catalogs of a test's own text, and what they make of events.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "catalog/read_entries.h"
#include "catalog/recogniser.h"
#include "catalog/spec_codec.h"
#include "config/document.h"

namespace statewire {

// What is wrong with the YAML of a catalog's file; empty where nothing is.
inline std::string problems_of(const std::string& yaml) {
  Problems problems;
  CatalogSpec spec;
  const auto document = Document::parse("test.yaml", yaml, problems);
  if (document) read_catalog_file(document->root(), spec);
  return problems.to_text();
}

// By way of the compiled form, as the program gets it. A line of three hyphens begins another file.
inline Catalog catalog_of(const std::string& yaml) {
  Problems problems;
  CatalogSpec spec;
  constexpr std::string_view kBetween = "\n---\n";
  for (size_t at = 0; at <= yaml.size();) {
    const size_t end = std::min(yaml.find(kBetween, at), yaml.size());
    const auto document = Document::parse("test.yaml", yaml.substr(at, end - at), problems);
    if (document) read_catalog_file(document->root(), spec);
    at = end + kBetween.size();
  }
  EXPECT_TRUE(problems.ok()) << problems.to_text();
  Result<Catalog> catalog = Catalog::from_compiled(encode(spec));
  EXPECT_TRUE(catalog.ok()) << (catalog.ok() ? "" : catalog.error().text);
  return std::move(*catalog);
}

// An event recognised; holds what the observations point to.
class Recognised {
 public:
  Recognised(const std::string& yaml, const std::string& event,
             std::string_view received = "2030-01-01T00:00:00Z")
      : catalog_(catalog_of(yaml)), recogniser_(catalog_) {
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    EXPECT_FALSE(parser.parse(event).get(element)) << event;
    recognition_ = recogniser_.recognise(element, event, *parse_time(received), arena_, all_);
    // What was observed must not need the parsed event.
    EXPECT_FALSE(parser.parse(std::string(event.size(), ' ') + "[0]").get(element));
  }

  const Recognition* operator->() const { return &recognition_; }
  const std::vector<Observation>& all() const { return all_; }
  const Observation& only() const {
    EXPECT_EQ(all_.size(), 1u) << recognition_.reason;
    static const Observation kNone;
    return all_.empty() ? kNone : all_.front();
  }

 private:
  Catalog catalog_;
  Recogniser recogniser_;
  Arena arena_;
  Recognition recognition_;
  std::vector<Observation> all_;
};

}  // namespace statewire
