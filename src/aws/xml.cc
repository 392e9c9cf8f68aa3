// The one file that knows Boost's property trees; their exceptions end here.
#include "aws/xml.h"

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "base/limits.h"

namespace statewire {
namespace {

using boost::property_tree::ptree;

// The parser calls itself for each level, so levels are counted before it sees them. Each tag that
// closes nothing opens one; in comments and attributes this counts too much, which does no harm.
bool is_too_deep(std::string_view text) {
  size_t depth = 0;
  for (size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '/') {
      depth -= depth > 0 ? 1 : 0;
    } else if (next != '?' && next != '!') {
      const size_t end = text.find('>', at);
      const bool is_whole = end != text.npos && text[end - 1] == '/';
      if (!is_whole && ++depth > kAwsAnswerDepthMax) return true;
    }
  }
  return false;
}

}  // namespace

struct AwsXml::Document {
  ptree tree;
};
struct AwsXml::Place {
  std::string name;
  const ptree* node;
};

AwsXml::AwsXml(std::shared_ptr<const Document> document, std::shared_ptr<const Place> place)
    : document_(std::move(document)), place_(std::move(place)) {}

Result<AwsXml> AwsXml::parse(std::string_view text) {
  if (is_too_deep(text)) return bad_input("XML that is nested too deep");
  auto document = std::make_shared<Document>();
  try {
    std::istringstream in{std::string(text)};
    boost::property_tree::read_xml(in, document->tree,
                                   boost::property_tree::xml_parser::no_comments);
  } catch (const boost::property_tree::ptree_error&) {
    return bad_input("not XML");
  }
  if (document->tree.empty()) return bad_input("not XML");
  const auto& root = document->tree.front();
  auto place = std::make_shared<Place>(Place{root.first, &root.second});
  return AwsXml(std::move(document), std::move(place));
}

std::string AwsXml::name() const { return place_->name; }

std::vector<AwsXml> AwsXml::all(std::string_view path) const {
  const ptree* node = place_->node;
  while (true) {
    const size_t slash = path.find('/');
    const std::string name(path.substr(0, slash));
    if (slash == path.npos) {
      std::vector<AwsXml> result;
      const auto [first, last] = node->equal_range(name);
      for (auto at = first; at != last; ++at) {
        result.push_back(AwsXml(document_, std::make_shared<Place>(Place{at->first, &at->second})));
      }
      return result;
    }
    const auto found = node->find(name);
    if (found == node->not_found()) return {};
    node = &found->second;
    path.remove_prefix(slash + 1);
  }
}

std::string AwsXml::text(std::string_view path) const {
  if (path.empty()) return place_->node->data();
  const std::vector<AwsXml> found = all(path);
  return found.empty() ? std::string() : found.front().place_->node->data();
}

}  // namespace statewire
