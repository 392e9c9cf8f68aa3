// Links of an organisation's own, to runbooks and dashboards.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/node.h"
#include "format/fields.h"
#include "model/notification.h"

namespace statewire {

struct MessageLink {
  std::string title;
  std::string url;
};

// Immutable; any thread.
class Links {
 public:
  // Reads `links:`: a list of {title, url, type, tags}, which may be absent. A url may hold fields,
  // as in https://wiki.example.org/{{resource.name}}; their values are encoded.
  static Links read(const Node& node);

  // Appends those for the notification's resource, in the order of the configuration, as long as
  // there is room for two more below kMessageLinksMax.
  void add_to(std::vector<MessageLink>& links, const Notification& notification) const;

 private:
  struct Piece {
    std::string text;
    std::optional<Field> field;  // What stands behind it.
  };
  struct Rule {
    std::string title;
    std::vector<std::string> types;  // Empty: all; "AWS::RDS::*" all that begin so.
    std::vector<std::pair<std::string, std::string>> tags;  // All of them.
    std::vector<Piece> url;
  };

  static std::vector<Piece> read_url(const Node& node);
  static bool is_for(const Rule& rule, const Notification& notification);

  std::vector<Rule> rules_;
};

}  // namespace statewire
