// The one file that knows expat. It calls back for each tag, so that depth is bounded where tags
// are read, whatever stands in comments, attributes and sections of text.
#include "aws/xml.h"

#include <expat.h>

#include <algorithm>

#include "base/limits.h"

namespace statewire {

struct AwsXml::Element {
  std::string name;
  std::string text;
  std::vector<Element> children;
};

class AwsXml::Builder {
 public:
  Builder() : parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &Builder::on_begin, &Builder::on_end);
    XML_SetCharacterDataHandler(parser_.get(), &Builder::on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &Builder::on_doctype);
  }

  // False where it is no XML, or beyond a bound.
  bool parse(std::string_view text) {
    return text.size() <= kAwsAnswerBytesMax &&
           XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), 1) == XML_STATUS_OK;
  }
  Element take_root() { return std::move(root_); }

 private:
  static Builder& self(void* builder) { return *static_cast<Builder*>(builder); }
  static void on_begin(void* builder, const char* name, const char**) { self(builder).begin(name); }
  static void on_end(void* builder, const char*) { self(builder).open_.pop_back(); }
  static void on_text(void* builder, const char* text, int bytes) {
    self(builder).open_.back()->text.append(text, static_cast<size_t>(bytes));
  }
  // It could define what stands for more than it is, or elsewhere.
  static void on_doctype(void* builder, const char*, const char*, const char*, int) {
    self(builder).stop();
  }

  // What is open is the last child of what is open above it: it stays where it is.
  void begin(const char* name) {
    if (open_.size() >= kAwsAnswerDepthMax || ++elements_ > kAwsAnswerElementsMax) return stop();
    Element& element = open_.empty() ? root_ : open_.back()->children.emplace_back();
    element.name = name;
    open_.push_back(&element);
  }
  void stop() { XML_StopParser(parser_.get(), XML_FALSE); }

  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  Element root_;
  std::vector<Element*> open_;
  size_t elements_ = 0;
};

AwsXml::AwsXml(std::shared_ptr<const Element> root, const Element* element)
    : root_(std::move(root)), element_(element) {}

Result<AwsXml> AwsXml::parse(std::string_view text) {
  Builder builder;
  if (!builder.parse(text)) return bad_input("not XML, or nested too deep");
  const auto root = std::make_shared<const Element>(builder.take_root());
  return AwsXml(root, root.get());
}

std::string AwsXml::name() const { return element_->name; }

std::vector<AwsXml> AwsXml::all(std::string_view path) const {
  const Element* at = element_;
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (slash == path.npos) {
      std::vector<AwsXml> result;
      for (const Element& child : at->children) {
        if (child.name == name) result.push_back(AwsXml(root_, &child));
      }
      return result;
    }
    const auto found = std::ranges::find(at->children, name, &Element::name);
    if (found == at->children.end()) return {};
    at = &*found;
    path.remove_prefix(slash + 1);
  }
}

std::string AwsXml::text(std::string_view path) const {
  if (path.empty()) return element_->text;
  const std::vector<AwsXml> found = all(path);
  return found.empty() ? std::string() : found.front().element_->text;
}

}  // namespace statewire
