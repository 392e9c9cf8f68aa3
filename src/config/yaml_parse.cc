// yaml-cpp's events are used rather than its nodes: they say everything's position, hide no
// duplicate key, keep quoted and plain scalars apart, and can be stopped at a bound. What
// yaml-cpp 0.7 accepts and YAML does not is refused here: a quote that is never closed, a line
// without ":" among a map's keys.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <sstream>

#include "base/limits.h"
#include "base/text.h"
#include "config/prescan.h"
#include "config/tree_builder.h"
#include "config/yaml_tree.h"

namespace statewire {
namespace {

// Thrown out of the parser when the builder has failed; caught below.
struct Stop {};

class Events final : public YAML::EventHandler {
 public:
  Events(const SourceText& source, TreeBuilder& builder) : source_(source), builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!has_document_) {
      has_document_ = true;
      return;
    }
    // Also called, without any "---", for what stands after the end of the only value.
    const std::string_view line = source_.line(static_cast<size_t>(mark.line));
    const bool is_marked = line.starts_with("---");
    builder_.fail(offset_of(mark), is_marked
                                       ? "more than one document in a file; keep one"
                                       : "this belongs to nothing above; check its indentation");
    throw Stop{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.null({.offset = null_offset(mark), .anchor = anchor});
    check();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.alias({.offset = offset_of(mark), .anchor = anchor});
    check();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const size_t offset = offset_of(mark);
    const bool is_text = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!is_text) refuse_tag(offset, tag);
    if (tag != "?" && !is_quote_closed(source_.text(), offset)) {
      builder_.fail(offset, "the quote that opens here is never closed");
    } else {
      builder_.scalar({.offset = offset, .anchor = anchor}, value, !is_text);
    }
    check();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, YamlTree::Kind::list);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, YamlTree::Kind::map);
  }
  void OnSequenceEnd() override { builder_.end(); }
  void OnMapEnd() override { builder_.end(); }

  size_t offset_of(const YAML::Mark& mark) const {
    if (mark.is_null()) return 0;
    return source_.offset_of(static_cast<size_t>(mark.line), static_cast<size_t>(mark.column));
  }

 private:
  void check() {
    if (builder_.has_failed()) throw Stop{};
  }

  void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YamlTree::Kind kind) {
    const size_t offset = offset_of(mark);
    refuse_tag(offset, tag);
    builder_.begin({.offset = offset, .anchor = anchor}, kind);
    check();
  }

  // "?" is what yaml-cpp calls a value without a tag, "!" a quoted one.
  void refuse_tag(size_t offset, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    builder_.error(offset, "tags mean nothing here; leave it out, or quote the value");
  }

  // yaml-cpp gives a null that is not written the position of what comes after it. Better is the
  // key that has no value, or the dash of an item that is empty.
  size_t null_offset(const YAML::Mark& mark) {
    const size_t offset = offset_of(mark);
    const std::string_view rest = source_.text().substr(offset);
    const std::optional<size_t> key = builder_.key_offset();
    if (key && *key == offset && !rest.starts_with("&")) {
      builder_.fail(offset, "expected \":\" after a key");
      throw Stop{};
    }
    const bool is_written = rest.starts_with('~') || rest.starts_with("null") ||
                            rest.starts_with("Null") || rest.starts_with("NULL");
    if (is_written) return offset;
    if (key) return *key;
    if (builder_.is_in_list()) return dash_before(offset).value_or(offset);
    return offset;
  }

  // The dash of the open list, in its column, nearest before `offset`.
  std::optional<size_t> dash_before(size_t offset) const {
    const size_t list = builder_.open_offset().value_or(0);
    if (!source_.text().substr(list).starts_with('-')) return std::nullopt;
    const size_t column = source_.column_at(list);
    for (size_t line = source_.line_at(offset);; --line) {
      const size_t dash = source_.offset_of(line, column);
      const std::string_view text = source_.line(line);
      if (dash < offset && text.size() > column && text[column] == '-' &&
          text.substr(0, column).find('#') == std::string_view::npos) {
        return dash;
      }
      if (line == 0 || dash <= list) return std::nullopt;
    }
  }

  const SourceText& source_;
  TreeBuilder& builder_;
  bool has_document_ = false;
};

// The errors of yaml-cpp, in words that name the remedy.
std::string reworded(const std::string& message) {
  struct Wording {
    std::string_view theirs;
    std::string_view ours;
  };
  const Wording kWordings[] = {
      {YAML::ErrorMsg::MAP_VALUE,
       "\":\" cannot stand here; quote a value that contains \": \", or check the indentation"},
      {YAML::ErrorMsg::MAP_KEY, "a key cannot stand here; check the indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "\"- \" cannot stand here; begin a list on a line of its own"},
      {YAML::ErrorMsg::END_OF_MAP, "expected a key here; check quotes and indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "expected \"- \" here; check the indentation"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "expected \",\" or \"}\""},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected \",\" or \"]\""},
      {YAML::ErrorMsg::FLOW_END, "a bracket closes here that was not opened"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character; quote it"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "this alias has no anchor before it"},
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab cannot indent; use spaces"},
  };
  for (const Wording& wording : kWordings) {
    if (message == wording.theirs) return std::string(wording.ours);
  }
  return message;
}

void report(const YAML::Exception& error, const Events& events, const SourceText& source,
            TreeBuilder& builder) {
  const std::optional<size_t> open = builder.open_offset();
  size_t offset = events.offset_of(error.mark);
  // At the end of the text the mark may be that of its beginning.
  if (open && offset < *open) offset = source.text().size();
  const std::string_view line = source.line(source.line_at(offset));
  const size_t text_start = std::min(line.find_first_not_of(" \t"), line.size());
  const size_t tab = line.substr(0, text_start).find('\t');
  if (tab != std::string_view::npos) {
    const size_t line_start = offset - source.column_at(offset);
    return builder.fail(line_start + tab, "a tab cannot indent; use spaces");
  }
  if (offset > 0 && source.text().substr(offset - 1, 2) == "${") {
    return builder.fail(offset - 1, "between brackets a variable needs quotes: \"${NAME}\"");
  }
  std::string text = reworded(error.msg);
  const bool is_unclosed =
      error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (is_unclosed && open) {
    const Position position = source.position_at(*open);
    text += "; it opened at line " + std::to_string(position.line) + ", column " +
            std::to_string(position.column);
  }
  builder.fail(offset, std::move(text));
}

void run_parser(const SourceText& source, TreeBuilder& builder) {
  Events events(source, builder);
  try {
    // Without a line end at the end, yaml-cpp's positions there are wrong.
    std::istringstream stream{std::string(source.text()) + "\n"};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const Stop&) {
    // Reported by the builder.
  } catch (const YAML::Exception& error) {
    report(error, events, source, builder);
  } catch (const std::exception& error) {
    builder.fail(0, std::string("YAML could not be read: ") + error.what());
  }
}

}  // namespace

std::unique_ptr<const YamlTree> parse_yaml(std::string file_name, std::string text,
                                           Problems& problems, const Environment& environment) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  if (text.size() > kDocumentBytesMax) {
    problems.add(
        {.file = file_name, .text = "larger than " + with_thousands(kDocumentBytesMax) + " bytes"});
    return nullptr;
  }
  auto tree = std::make_unique<YamlTree>(std::move(file_name), std::move(text), problems);
  TreeBuilder builder(*tree, environment);
  if (const auto refusal = prescan(tree->source.text())) {
    builder.fail(refusal->offset, refusal->text);
    return nullptr;
  }
  run_parser(tree->source, builder);
  if (builder.has_failed()) return nullptr;
  // An empty file holds one value, which is nothing.
  if (tree->records.empty()) builder.null({});
  return tree;
}

}  // namespace statewire
