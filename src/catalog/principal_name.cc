#include "catalog/principal_name.h"

#include "base/limits.h"
#include "base/text.h"
#include "catalog/render.h"
#include "model/arn.h"

namespace statewire {

std::string name_of_principal(std::string_view principal, std::string_view own_account) {
  if (is_account(principal)) return "account " + std::string(principal);
  const ArnFields arn = arn_fields(principal);
  if (arn.resource == "root") return "account " + std::string(arn.account);
  const size_t slash = arn.resource.find('/');
  if (slash == std::string_view::npos) return std::string(principal);
  std::string_view kind = arn.resource.substr(0, slash);
  std::string_view name = arn.resource.substr(slash + 1);
  if (kind == "assumed-role") {
    kind = "role";
    name = name.substr(0, name.find('/'));
  }
  // A path before it says nothing.
  name = name.substr(name.rfind('/') + 1);
  // "CloudFront Origin Access Identity E1" is nobody's user.
  if (!is_account(arn.account)) return std::string(name);
  const std::string text = std::string(kind) + " " + std::string(name);
  return arn.account == own_account ? text : text + " of account " + std::string(arn.account);
}

std::vector<std::string> principals_in(simdjson::dom::element statement,
                                       std::string_view own_account) {
  std::vector<std::string> names;
  simdjson::dom::element listed;
  if (statement["Principal"]["AWS"].get(listed)) return names;
  visit_list(listed, [&](simdjson::dom::element each) {
    std::string_view principal;
    if (!each.get_string().get(principal) && !principal.empty() && principal != "*") {
      names.push_back(name_of_principal(cut_utf8(principal, kChangeBytesMax), own_account));
    }
    return true;
  });
  return names;
}

}  // namespace statewire
