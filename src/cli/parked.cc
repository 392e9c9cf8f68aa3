#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_parked(JsonElement parked) { return {short_time(text_at(parked, "parked"))}; }
// A gap has a range of them.
Cell show_sequence(JsonElement parked) {
  const std::string last = text_at(parked, "range_last_sequence");
  const std::string first = text_at(parked, "sequence");
  return {last.empty() ? first : first + "–" + last};
}

constexpr ListColumn kParkedColumns[] = {
    {.title = "subscription", .path = "subscription", .fit = Fit::end},
    {.title = "sequence", .path = "sequence", .align = Align::right, .show = show_sequence},
    {.title = "parked", .path = "parked", .show = show_parked, .fit = Fit::moment},
    {.title = "attempts", .path = "attempts", .align = Align::right, .spare = 1},
    {.title = "status", .path = "status", .align = Align::right, .spare = 2},
    {.title = "reason", .path = "reason", .fit = Fit::end},
    {.title = "resource", .path = "resource", .fit = Fit::middle},
};

ParkedFilter filter_of(const Invocation& invocation) {
  return {.subscription = invocation.text("--subscription"),
          .sequence = invocation.number("--sequence"),
          .resource = invocation.text("--resource"),
          .skip_moot = invocation.has("--skip-moot")};
}

// Whatever the answer lists under `member`, and in one line what it means.
ExitCode write_done(const Result<std::string>& json, std::string_view member, std::string_view done,
                    std::string_view would, const Invocation& invocation, Terminal& terminal) {
  const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
  if (!reply) return fail(reply.error(), terminal);
  const OutputForm form = output_form(invocation);
  if (form == OutputForm::json) {
    terminal.write_data(*json + "\n");
    return ExitCode::well;
  }
  const std::vector<JsonElement> items = items_at(reply->root(), member);
  const uint64_t count = number_at(reply->root(), std::string(member) + "_count");
  ListWriter list(terminal, form, kParkedColumns);
  list.add(items);
  if (form == OutputForm::csv) {
    (void)list.finish({});
    return ExitCode::well;
  }
  const bool is_dry_run = is_true_at(reply->root(), "dry_run");
  std::string text = counted(count, "delivery") + " " + std::string(is_dry_run ? would : done);
  if (const uint64_t moot = number_at(reply->root(), "moot_count"); moot > 0) {
    text += "; " + with_thousands(moot) + " left as moot";
  }
  if (count > items.size()) text += "; the first " + with_thousands(items.size()) + " are listed";
  terminal.write(text + "\n");
  return ExitCode::well;
}

std::string fields_of(JsonElement parked, std::initializer_list<std::string_view> fields) {
  std::string text;
  for (const std::string_view field : fields) {
    const std::string value = text_at(parked, field);
    if (value.empty()) continue;
    std::string label(field);
    label.resize(21, ' ');
    text += label + value + "\n";
  }
  return text;
}

// A mail as it is read, without its markup; any other payload as it is.
std::string shown_payload(const std::string& payload) {
  const Result<Reply> reply = Reply::parse(payload);
  if (!reply || !reply->root().is_object()) return payload;
  const JsonElement mail = reply->root();
  const std::string subject = text_at(mail, "subject");
  const std::string html = text_at(mail, "html");
  std::string text = text_at(mail, "text");
  if (subject.empty() || (text.empty() && html.empty())) return payload;
  if (text.empty()) {
    text = "(a page of HTML of " + counted(html.size(), "byte") + ": --output json shows it)";
  }
  return "Subject: " + subject + "\n\n" + text;
}

// Recipients of one mail that were refused have a parked delivery each, at one sequence.
std::string details_of(JsonElement parked) {
  std::string text =
      fields_of(parked, {"subscription", "number", "sequence", "range_last_sequence", "resource",
                         "type", "id", "attempts", "status", "reason", "parked", "content_type"});
  for (const JsonElement other : items_at(parked, "others")) {
    text += "\n" + fields_of(other, {"number", "type", "attempts", "status", "reason", "parked"});
  }
  return text + "\n" + shown_payload(text_at(parked, "payload")) + "\n";
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

ExitCode run_parked_list(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    ListWriter list(terminal, {.form = output_form(invocation), .newest_by = "parked"},
                    kParkedColumns);
    size_t limit = invocation.number("--limit", SIZE_MAX);
    std::string after;
    while (limit > 0 && terminal.has_reader()) {
      const Result<std::string> page =
          client.parked(filter_of(invocation), after, std::min(limit, kParkedListedMax));
      const Result<Reply> reply = page ? Reply::parse(*page) : page.error();
      if (!reply) return fail(reply.error(), terminal);
      const std::vector<JsonElement> rows = items_at(reply->root(), "parked");
      list.add(rows);
      limit -= std::min(limit, rows.size());
      after = text_at(reply->root(), "next");
      if (after.empty()) break;
    }
    return list.finish({.noun = "delivery", .if_empty = "nothing is parked"});
  });
}

ExitCode run_parked_show(const Invocation& invocation, Terminal& terminal) {
  if (!is_number(invocation.text("SEQUENCE"))) {
    terminal.complain("SEQUENCE is a number, as `statewire parked list` shows it");
    return ExitCode::usage;
  }
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    const Result<std::string> json =
        client.parked_one(invocation.text("SUBSCRIPTION"), invocation.number("SEQUENCE"));
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    const bool is_json = invocation.text("--output") == "json";
    terminal.write_data(is_json ? *json + "\n" : details_of(reply->root()));
    return ExitCode::well;
  });
}

ExitCode run_parked_redrive(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::write, [&](Client& client) {
    return write_done(client.redrive(filter_of(invocation), invocation.has("--dry-run")), "moved",
                      "will be delivered again", "would be delivered again", invocation, terminal);
  });
}

ExitCode run_parked_drop(const Invocation& invocation, Terminal& terminal) {
  const bool is_limited = invocation.has("--subscription") || invocation.has("--sequence") ||
                          invocation.has("--resource");
  if (!is_limited && !invocation.has("--all") && !invocation.has("--dry-run")) {
    terminal.complain(
        "say which: --subscription, --sequence, --resource, or --all; --dry-run shows them");
    return ExitCode::usage;
  }
  return with_client(invocation, terminal, Access::write, [&](Client& client) {
    return write_done(client.drop(filter_of(invocation), invocation.has("--dry-run")), "dropped",
                      "dropped", "would be dropped", invocation, terminal);
  });
}

}  // namespace statewire
