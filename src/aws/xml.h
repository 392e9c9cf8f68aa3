// The XML that query services and S3 answer with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace statewire {

// A node of a document that all its nodes share. Any thread, read only.
class AwsXml {
 public:
  // The root element. bad_input where it is no XML, or nested deeper than AWS nests.
  static Result<AwsXml> parse(std::string_view text);

  std::string name() const;
  // The text of the first node at a path of element names, "AssumeRoleResult/Credentials";
  // empty where there is none.
  std::string text(std::string_view path) const;
  // All nodes at a path; only its last name may occur more than once.
  std::vector<AwsXml> all(std::string_view path) const;

 private:
  struct Document;
  struct Place;
  AwsXml(std::shared_ptr<const Document> document, std::shared_ptr<const Place> place);

  std::shared_ptr<const Document> document_;
  std::shared_ptr<const Place> place_;
};

}  // namespace statewire
