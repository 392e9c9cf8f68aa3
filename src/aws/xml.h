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
  // The root element. bad_input where it is no XML, declares a document type, or is larger, longer
  // or deeper than answers of AWS are.
  static Result<AwsXml> parse(std::string_view text);

  std::string name() const;
  // The text of the first node at a path of element names, "AssumeRoleResult/Credentials";
  // empty where there is none.
  std::string text(std::string_view path) const;
  // All nodes at a path; only its last name may occur more than once.
  std::vector<AwsXml> all(std::string_view path) const;

 private:
  struct Element;
  class Builder;
  AwsXml(std::shared_ptr<const Element> root, const Element* element);

  std::shared_ptr<const Element> root_;  // Holds the document.
  const Element* element_;
};

}  // namespace statewire
